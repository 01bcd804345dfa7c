"""English given names with their usual gender (source and licence: data/README.md)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from domain.cast import Gender
from domain.naming.nicknames import NICKNAMES

_SECTIONS = {"[F]": Gender.FEMALE, "[M]": Gender.MALE, "[U]": None}


@cache
def given_names() -> dict[str, Gender | None]:
    """Name -> gender, None for a name that both genders bear."""
    names: dict[str, Gender | None] = {}
    gender: Gender | None = None
    data = files("domain.naming").joinpath("data", "given_names.txt")
    for line in data.read_text(encoding="utf-8").splitlines():
        if line in _SECTIONS:
            gender = _SECTIONS[line]
        else:
            names.update(dict.fromkeys(line.split(), gender))
    return names


def is_given_name(word: str) -> bool:
    return word in given_names() or word in NICKNAMES


def given_name_gender(word: str) -> Gender | None:
    """By the census, or for a short form by the names it stands for."""
    known = given_names()
    if word in known or word not in NICKNAMES:
        return known.get(word)
    genders = {known.get(full) for full in NICKNAMES[word]}
    return genders.pop() if len(genders) == 1 else None
