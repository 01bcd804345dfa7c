"""Where sentences end: by typography, in one pass over the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.span import Span

# Words that a full stop shortens, and that rarely end a sentence.
_ABBREVIATIONS = """
    adm al anon apr aug ave bros capt cf ch co col corp dec dept dr ed esq etc feb fig fr gen gov
    hon inc jan jr jul jun lieut lt ltd maj mar messrs mlle mm mme mr mrs ms mt nov oct op pp
    prof pt rev sen sep sept sgt sr st vol viz vs
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())

_CLOSERS = "\"'”’»›)\\]}」』"
# Each alternative begins with a character that it takes whatever follows, so that no text makes
# the search go over the same run twice.
_BREAK = re.compile(
    rf"""
    (?P<stop> [.!?…]++ [{_CLOSERS}]*+ )      # a run of stops, and the marks that close over it
  | (?P<cjk> [。！？｡]++ [{_CLOSERS}]*+ )     # these need no space after them
  | (?P<paragraph> \n [^\S\n]*+ (?: \n \s*+ )?+ )
    """,
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"\w+\Z")
_LONGEST_ABBREVIATION = 6


def sentences(text: str, within: Span) -> Iterator[Span]:
    """The sentences of a stretch of the text, in order, without the white space around them.

    An empty line ends a sentence whatever its marks; a single line end is white space, since
    books come with hard-wrapped lines. Every character that is not white space lies in one.
    """
    start = within.start
    for match in _BREAK.finditer(text, within.start, within.end):
        if _ends(match, text, within.end):
            yield from _sentence(text, start, match.end())
            start = match.end()
    yield from _sentence(text, start, within.end)


def _sentence(text: str, start: int, end: int) -> Iterator[Span]:
    span = Span(start, end).trimmed(text)
    if len(span):
        yield span


def _ends(match: re.Match[str], text: str, limit: int) -> bool:
    if match.lastgroup == "paragraph":
        return match.group().count("\n") > 1
    if match.lastgroup == "cjk":
        return True
    return _stops(match, text, limit)


def _stops(match: re.Match[str], text: str, limit: int) -> bool:
    after = match.end()
    if after >= limit:
        return True
    if not text[after].isspace():
        return False  # "3.14", "e.g.x", "Really?—yes"
    following = _next_visible(text, after, limit)
    if following.islower():
        return False  # '"What?" he cried', 'and then … nothing'
    return match.group() != "." or not _is_shortened(text, match.start())


def _next_visible(text: str, start: int, limit: int) -> str:
    """The letter or figure that the next words begin with, past a few marks that open them."""
    for place in range(start, min(start + 8, limit)):
        if text[place].isalnum():
            return text[place]
    return ""


def _is_shortened(text: str, stop: int) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial."""
    word = _WORD_BEFORE.search(text, max(0, stop - _LONGEST_ABBREVIATION - 1), stop)
    if word is None:
        return False
    letters = word.group()
    if len(letters) == 1:
        return letters.isupper() and letters != "I"
    return letters.casefold() in ABBREVIATIONS
