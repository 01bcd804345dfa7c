"""English given names with their usual gender (source and licence: data/README.md)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from domain.cast import Gender

_SECTIONS = {"[F]": Gender.FEMALE, "[M]": Gender.MALE, "[U]": None}


@cache
def given_names() -> dict[str, Gender | None]:
    """Name -> gender, None for a name that both genders bear."""
    names: dict[str, Gender | None] = {}
    gender: Gender | None = None
    data = files("adapters.outbound.cast").joinpath("data", "given_names.txt")
    for line in data.read_text(encoding="utf-8").splitlines():
        if line in _SECTIONS:
            gender = _SECTIONS[line]
        else:
            names.update(dict.fromkeys(line.split(), gender))
    return names


def is_given_name(word: str) -> bool:
    return word in given_names()
