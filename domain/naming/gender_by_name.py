"""The gender of somebody's name: by the pronouns that follow it, and by the given name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from domain.cast import Gender
from domain.naming.given_names import given_name_gender
from domain.naming.name_key import NameKey

_ENOUGH = 5  # pronouns
_OVERRULING = 20
_AGREED = 0.66

# How many pronouns of each gender seem to mean a name, each weighed.
PronounCounts: TypeAlias = Mapping[NameKey, Mapping[Gender, float]]


def gender_by_pronouns(counts: Mapping[Gender, float] | None, at_least: int) -> Gender | None:
    """The gender of a name by its pronouns alone, where they are many and agree."""
    if not counts:
        return None
    total = sum(counts.values())
    gender = max(counts, key=lambda g: counts[g])
    return gender if total >= at_least and counts[gender] >= _AGREED * total else None


def gender_by_name(given_name: str, counts: Mapping[Gender, float] | None) -> Gender | None:
    """By the given name, unless many pronouns say otherwise; by few where there is no name."""
    return (
        gender_by_pronouns(counts, _OVERRULING)
        or given_name_gender(given_name)
        or gender_by_pronouns(counts, _ENOUGH)
    )
