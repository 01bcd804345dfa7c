"""Porter's stemmer: "marrying", "married" and "marries" become one term.

M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980. Words are lower case.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SHORTEST = 3  # shorter words are left as they are

# A consonant, a vowel ("y" is one after a consonant), and the measure: how often vowels are
# followed by consonants.
_C = "[^aeiou]"
_V = "[aeiouy]"
_CS = f"{_C}[^aeiouy]*"
_VS = f"{_V}[aeiou]*"
_MEASURE_ABOVE_0 = re.compile(f"(?:{_CS})?{_VS}{_CS}")
_MEASURE_IS_1 = re.compile(f"(?:{_CS})?{_VS}{_CS}(?:{_VS})?\\Z")
_MEASURE_ABOVE_1 = re.compile(f"(?:{_CS})?{_VS}{_CS}{_VS}{_CS}")
_HAS_VOWEL = re.compile(f"(?:{_CS})?{_V}")
_DOUBLE = re.compile(r"([^aeiouylsz])\1\Z")
_SHORT = re.compile(f"\\A{_CS}{_V}[^aeiouwxy]\\Z")  # as in "hop"

_STEP_2 = {
    "ational": "ate",
    "tional": "tion",
    "enci": "ence",
    "anci": "ance",
    "izer": "ize",
    "bli": "ble",
    "alli": "al",
    "entli": "ent",
    "eli": "e",
    "ousli": "ous",
    "ization": "ize",
    "ation": "ate",
    "ator": "ate",
    "alism": "al",
    "iveness": "ive",
    "fulness": "ful",
    "ousness": "ous",
    "aliti": "al",
    "iviti": "ive",
    "biliti": "ble",
    "logi": "log",
}
_STEP_3 = {
    "icate": "ic",
    "ative": "",
    "alize": "al",
    "iciti": "ic",
    "ical": "ic",
    "ful": "",
    "ness": "",
}
_SUFFIXES_4 = """
    ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic ou
"""
_STEP_4 = tuple(_SUFFIXES_4.split())


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of an English word; words with other letters than a-z come back unchanged."""
    if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()):
        return word
    word = _past_and_participle(_plural(word))
    if word.endswith("y") and _HAS_VOWEL.match(word[:-1]):
        word = word[:-1] + "i"
    word = _exchange(word, _STEP_2)
    word = _exchange(word, _STEP_3)
    return _final_e(_strip(word))


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _past_and_participle(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _MEASURE_ABOVE_0.match(word[:-3]) else word
    for suffix in ("ed", "ing"):
        rest = word.removesuffix(suffix)
        if rest != word:
            return _mended(rest) if _HAS_VOWEL.match(rest) else word
    return word


def _mended(rest: str) -> str:
    """A stem after "ed" or "ing" is gone: "conflat(ed)" to "conflate", "hopp(ing)" to "hop"."""
    if rest.endswith(("at", "bl", "iz")) or _SHORT.match(rest):
        return rest + "e"
    return rest[:-1] if _DOUBLE.search(rest) else rest


def _exchange(word: str, suffixes: dict[str, str]) -> str:
    """The longest of the suffixes that fits, exchanged, if enough of the word is left."""
    for length in range(min(7, len(word) - 1), 2, -1):
        suffix = word[-length:]
        if suffix in suffixes:
            rest = word[:-length]
            return rest + suffixes[suffix] if _MEASURE_ABOVE_0.match(rest) else word
    return word


def _strip(word: str) -> str:
    for suffix in _STEP_4:
        if word.endswith(suffix):
            rest = word[: -len(suffix)]
            if suffix == "ion" and not rest.endswith(("s", "t")):
                return word
            return rest if _MEASURE_ABOVE_1.match(rest) else word
    return word


def _final_e(word: str) -> str:
    if word.endswith("e"):
        rest = word[:-1]
        if _MEASURE_ABOVE_1.match(rest) or (_MEASURE_IS_1.match(rest) and not _SHORT.match(rest)):
            word = rest
    if word.endswith("ll") and _MEASURE_ABOVE_1.match(word[:-1]):
        return word[:-1]
    return word
