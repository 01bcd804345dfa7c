"""The names taken to be one person's, and whether two such sets can be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from domain.cast import Gender
from domain.naming.name_key import NameKey
from domain.naming.nicknames import may_be_same_given_name
from domain.naming.titles import (
    MARRIED_TITLES,
    OFFICES,
    SOVEREIGN_TITLES,
    TITLES,
    UNMARRIED_TITLES,
)

_IN_PASSING = 2  # mentions by a title that prove nothing
_OFTEN = 15  # narrated mentions
_AS_OFTEN = 0.3  # of the other way
_SOMETIMES = 8
_SELDOM = 0.2
_CLASHES = (
    (MARRIED_TITLES, UNMARRIED_TITLES, _IN_PASSING),
    (SOVEREIGN_TITLES, frozenset(TITLES) - SOVEREIGN_TITLES, 0),
)


@dataclass(slots=True)
class Identity:
    """The names taken to be one person's."""

    keys: set[NameKey]
    mentions: int
    title_genders: Counter[Gender] = field(default_factory=Counter)
    name_genders: Counter[Gender] = field(default_factory=Counter)
    surnames: set[str] = field(default_factory=set)  # those that follow a given name
    given: set[str] = field(default_factory=set)
    titles: Counter[str] = field(default_factory=Counter)
    narrated_by_given_name: int = 0
    narrated_by_titled_surname: int = 0

    @property
    def title_gender(self) -> Gender | None:
        return max(self.title_genders, key=lambda g: self.title_genders[g], default=None)

    @property
    def name_gender(self) -> Gender | None:
        return max(self.name_genders, key=lambda g: self.name_genders[g], default=None)

    @property
    def gender(self) -> Gender | None:
        return self.title_gender or self.name_gender

    def times_titled(self, titles: frozenset[str]) -> int:
        return sum(count for title, count in self.titles.items() if title in titles)


def may_be_one(one: Identity, other: Identity) -> bool:
    return (
        _genders_agree(one, other)
        and not _titles_clash(one, other)
        and not _mother_and_daughter(one, other)
        and _given_names_agree(one, other)
        and _surnames_agree(one, other)
        and not _narrated_both_ways(one, other)
    )


def _genders_agree(one: Identity, other: Identity) -> bool:
    return one.gender is None or other.gender is None or one.gender is other.gender


def _titles_clash(one: Identity, other: Identity) -> bool:
    """Mrs. and Miss, a lady and an officer, a king and a commoner.

    Now and then a heroine marries in passing.
    """
    if any(
        a.times_titled(OFFICES) and a.gender is None and b.gender is Gender.FEMALE
        for a, b in ((one, other), (other, one))
    ):
        return True
    return any(
        a.times_titled(some) > few and b.times_titled(others) > few
        for a, b in ((one, other), (other, one))
        for some, others, few in _CLASHES
    )


def _mother_and_daughter(one: Identity, other: Identity) -> bool:
    """Mrs. and Miss of one surname; the wife of one may have been the daughter of another."""
    return any(
        not _surnames_under(a, MARRIED_TITLES).isdisjoint(_surnames_under(b, UNMARRIED_TITLES))
        for a, b in ((one, other), (other, one))
    )


def _surnames_under(identity: Identity, titles: frozenset[str]) -> set[tuple[str, ...]]:
    return {k.words for k in identity.keys if k.titles and k.titles[-1] in titles}


def _narrated_both_ways(one: Identity, other: Identity) -> bool:
    """A narrator who keeps to Tom here and to Mr. Brown there means two people."""
    for a, b in ((one, other), (other, one)):
        given, titled = a.narrated_by_given_name, b.narrated_by_titled_surname
        share = _AS_OFTEN
        if b.times_titled(MARRIED_TITLES) and not a.times_titled(MARRIED_TITLES):
            if given >= _SOMETIMES and titled < _SELDOM * given:
                return True
            share = 0.0 if given > titled else _AS_OFTEN  # more likely the mother or wife
        if min(given, titled) >= _OFTEN and min(given, titled) >= share * max(given, titled):
            return True
    return False


def _given_names_agree(one: Identity, other: Identity) -> bool:
    if not one.given or not other.given:
        return True
    return any(may_be_same_given_name(a, b) for a in one.given for b in other.given)


def _surnames_agree(one: Identity, other: Identity) -> bool:
    return not one.surnames or not other.surnames or not one.surnames.isdisjoint(other.surnames)
