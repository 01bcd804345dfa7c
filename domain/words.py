"""The words of a text where they stand, and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.naming.titles import SAME_TITLE, is_abbreviation
from domain.span import Span

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SPELLINGS = {title.casefold(): usual.casefold() for title, usual in SAME_TITLE.items()}
_OPENS = re.compile(r"[.!?…:;—–\n\"“”«»(\[*]|(?:^|\s)['‘’]")


@dataclass(frozen=True, slots=True)
class Word:
    said: str  # without case, possessive and typography; titles in one spelling
    span: Span
    is_capital: bool
    opens: bool  # a sentence, or what may be one: a capital tells nothing there


def words_of(text: str) -> list[Word]:
    found: list[Word] = []
    end, before = 0, ""
    for match in _WORD.finditer(text):
        written = match[0]
        opens = not found or _OPENS.search(text, end, match.start()) is not None
        if text[end : match.start()] in (".", ". ") and is_abbreviation(before):
            opens = False
        end, before = match.end(), written
        if written[-2:] in ("'s", "’s"):
            written = written[:-2]
        place = Span(match.start(), match.start() + len(written))
        said = written.casefold().replace("’", "'")
        said = _SPELLINGS.get(said, said)
        found.append(Word(said, place, written[0].isupper(), opens))
    return found
