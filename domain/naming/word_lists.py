"""Word lists written as text."""

from __future__ import annotations

from domain.cast import Gender


def word_list(text: str) -> frozenset[str]:
    """The words of a text that white space parts."""
    return frozenset(text.split())


def by_gender(female: str, male: str, neutral: str) -> dict[str, Gender | None]:
    """The words of three texts with the gender of those whom they stand for."""
    table: dict[str, Gender | None] = dict.fromkeys(neutral.split())
    table |= dict.fromkeys(female.split(), Gender.FEMALE)
    table |= dict.fromkeys(male.split(), Gender.MALE)
    return table
