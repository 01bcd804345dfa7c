"""Chapter titles: reading a heading's number, and writing the title as a reader would cite it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.outbound.parsing.characters import collapse, word_list

_CHAPTER_WORDS = (
    r"chapter|chap\.?|stave|canto|letter|adventure|scene|"
    r"kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk|rozdział|глава"
)
_PART_RANKS = {
    "volume": 0, "vol": 0, "vol.": 0, "band": 0, "tome": 0, "том": 0,
    "book": 1, "buch": 1, "livre": 1, "libro": 1, "книга": 1,
    "part": 2, "teil": 2, "partie": 2, "parte": 2, "часть": 2, "act": 2,
}  # fmt: skip
_PART_WORDS = "|".join(re.escape(w) for w in sorted(_PART_RANKS, key=len, reverse=True))

_UNITS = word_list(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_ORDINALS = word_list(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENS = word_list("twenty thirty forty fifty sixty seventy eighty ninety")

_NUMBER_WORDS: dict[str, int] = {
    **{word: n for n, word in enumerate(_UNITS, 1)},
    **{word: n for n, word in enumerate(_ORDINALS, 1)},
    **{word: 10 * n for n, word in enumerate(_TENS, 2)},
    **{word[:-1] + "ieth": 10 * n for n, word in enumerate(_TENS, 2)},
    **{
        f"{tens}-{unit}": 10 * n + m
        for n, tens in enumerate(_TENS, 2)
        for names in (_UNITS[:9], _ORDINALS[:9])
        for m, unit in enumerate(names, 1)
    },
    "last": 99,
}
_WORD_NUMBER = "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)).replace("-", r"[-\s]")
_ROMAN = r"(?=[ivxlc])(?:c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,4})"  # to 399; clocks' IIII too
_NUMBER = rf"(?:{_WORD_NUMBER}|\d{{1,3}}|{_ROMAN})(?!\w)"

_NUMBERED = re.compile(
    rf"(?:the\s+)?(?P<word>{_CHAPTER_WORDS}|{_PART_WORDS})\s+(?P<number>(?:the\s+)?{_NUMBER})"
    r"(?P<separator>\s*[.:,\u2014\u2013-]+\s*|\s+|$)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_NUMERAL = re.compile(
    rf"(?P<number>\d{{1,3}}|{_ROMAN})(?!\w)(?P<separator>\s*[.:\u2014\u2013-]+\s*|\s+|$)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = re.compile(r"^[\s_*=~|\[#]+|[\s_*=~|\]]+$")
_ROMAN_WORD = re.compile(rf"{_ROMAN}", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
SMALL_WORDS = frozenset(
    word_list(
        "a an and as at but by for from in into nor of off on or over than that the to up upon with"
    )
)


@dataclass(frozen=True, slots=True)
class NumberedTitle:
    """A heading that begins with its number: "CHAPTER IV. Mr. Bounderby", "Book the First"."""

    word: str  # "chapter", "book"; "" for a bare numeral
    number: str  # as written
    value: int
    rest: str  # the title after the number
    punctuated: bool  # something stands between number and title

    @property
    def is_part(self) -> bool:
        return self.word in _PART_RANKS

    @property
    def rank(self) -> int:
        """Of a part: a volume holds books, a book holds parts."""
        return _PART_RANKS[self.word]


def read_numbered(heading: str) -> NumberedTitle | None:
    """The number of a heading that has a word before it; None if it has none."""
    match = _NUMBERED.match(without_marks(heading))
    return _numbered(match, match["word"].lower()) if match else None


def read_numeral(heading: str) -> NumberedTitle | None:
    """The number of a heading that begins with a bare Roman or Arabic numeral."""
    match = _NUMERAL.match(without_marks(heading))
    return _numbered(match, "") if match else None


def _in_one_line(heading: str) -> str:
    lines = [collapse(without_marks(line)) for line in heading.splitlines()]
    first = read_numbered(lines[0]) or read_numeral(lines[0]) if lines else None
    if first is not None and not first.rest and len(lines) > 1:
        return f"{lines[0].rstrip('.:—- ')}: {collapse(' '.join(lines[1:]))}"
    return collapse(" ".join(lines))


def is_numeral(title: str) -> bool:
    """Whether a numeral names a chapter: "IV", "4. The Keynote", but not "I Capture the Castle"."""
    numeral = read_numeral(title)
    return numeral is not None and (numeral.punctuated or not numeral.rest)


def _numbered(match: re.Match[str], word: str) -> NumberedTitle:
    return NumberedTitle(
        word=word,
        number=match["number"],
        value=_value(match["number"]),
        rest=without_marks(match["rest"]),
        punctuated=bool(match["separator"].strip()),
    )


def _value(number: str) -> int:
    words = re.sub(r"^the\s+", "", number.lower())
    if words.isdigit():
        return int(words)
    spelled = _NUMBER_WORDS.get(re.sub(r"\s", "-", words))
    if spelled is not None:
        return spelled
    digits = [_ROMAN_VALUES[letter] for letter in words]
    pairs = zip(digits, [*digits[1:], 0], strict=True)
    return sum(-digit if digit < following else digit for digit, following in pairs)


def without_marks(text: str) -> str:
    """A heading without the signs of emphasis around it."""
    return _MARKS.sub("", text.strip())


def cited(heading: str, *, in_body: bool = True) -> str:
    """A heading's text, in one line or several, as a reader would cite it.

    "CHAPTER I\\nTHE ONE THING NEEDFUL" becomes "Chapter I: The One Thing Needful". In body
    matter a bare numeral is a chapter's: "IV" becomes "Chapter IV".
    """
    title = _in_one_line(heading)
    numbered = read_numbered(title)
    if numbered is None and in_body and is_numeral(title):
        numbered = read_numeral(title)
    if numbered is None:
        return unshouted(title).rstrip(":")
    number = numbered.number
    if not number.isdigit():
        number = number.upper() if _ROMAN_WORD.fullmatch(number) else _titled(number, first=False)
    label = f"{numbered.word.capitalize() or 'Chapter'} {number}"
    rest = unshouted(_without_last_stop(numbered.rest))
    return f"{label}: {rest}" if rest else label


def _without_last_stop(title: str) -> str:
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def unshouted(title: str) -> str:
    """A title in capitals as a title in title case; any other as it is."""
    return _titled(title, first=True) if title.isupper() and len(title) > 1 else title


def _titled(title: str, *, first: bool) -> str:
    words = []
    for word in title.lower().split(" "):
        bare = word.strip("\"'“”‘’(),.:;!?")
        if len(bare) > 1 and _ROMAN_WORD.fullmatch(bare):
            words.append(word.upper())
        elif bare in SMALL_WORDS and not first:
            words.append(word)
        else:
            words.append("-".join(_capitalized(piece) for piece in word.split("-")))
        first = word.endswith((":", ".", "!", "?"))
    return " ".join(words)


def _capitalized(word: str) -> str:
    place = next((i for i, letter in enumerate(word) if letter.isalpha()), 0)
    return word[:place] + word[place:].capitalize()
