"""Text compared up to typography: quotation marks, dashes, spaces, case, accents, italics marks.

Two texts that fold to the same string say the same words. Every folded character remembers where
it came from, so that a match gives back the exact stretch of the original.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from domain.span import Span

OPENING_MARKS = "“‘\"'«„‹"
CLOSING_MARKS = "”’\"'»“›"

QUOTATION_MARKS = "‘’‚‛“”„‟«»‹›\"'`´"
DASHES = "‐‑‒–—―−-"  # the hyphen last: in a character class it stands for itself there
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_EMPHASIS = "_*"  # as plain-text books and models write italics

_PIECE = re.compile(
    rf"(?P<dash>\s*[{DASHES}](?:[\s{DASHES}])*)"
    rf"|(?P<quote>[{QUOTATION_MARKS}]+)"
    r"|(?P<ellipsis>…|\.(?:\s?\.){2,})"
    r"|(?P<space>\s+)"
    rf"|(?P<nothing>[{INVISIBLE}{_EMPHASIS}])"
    r"|(?P<character>.)",
    re.DOTALL,
)
_STANDS_FOR = {"dash": "-", "quote": "'", "ellipsis": "…", "space": " ", "nothing": ""}


@dataclass(frozen=True, slots=True)
class Folded:
    text: str
    starts: tuple[int, ...]  # of each folded character, in the original
    ends: tuple[int, ...]

    def find(self, wanted: str) -> Span | None:
        """The first place where whole words of the original fold to `wanted`, itself folded."""
        place = self.text.find(wanted)
        while place >= 0 and wanted:
            end = place + len(wanted)
            if self._is_bounded(place, end):
                return Span(self.starts[place], self.ends[end - 1])
            place = self.text.find(wanted, place + 1)
        return None

    def _is_bounded(self, start: int, end: int) -> bool:
        before = self.text[start - 1 : start] if start else ""
        after = self.text[end : end + 1]
        return not (
            (before.isalnum() and self.text[start].isalnum())
            or (after.isalnum() and self.text[end - 1].isalnum())
        )


def fold(text: str) -> Folded:
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup or ""
        for letter in _STANDS_FOR.get(kind, _plain(piece[0])):
            letters.append(letter)
            starts.append(piece.start())
            ends.append(piece.end())
    return Folded("".join(letters), tuple(starts), tuple(ends))


def _plain(character: str) -> str:
    """Without case, accents and ligatures."""
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def find_words(wanted: str, text: Folded) -> Span | None:
    """Where the original has these words, up to typography. None also if there is no word in them.

    Tried first as they are, then without the punctuation at their ends, which a writer may change
    to fit a quotation into a sentence.
    """
    needle = fold(wanted).text.strip()
    for candidate in (needle, needle.strip(" .,;:!?-…'()")):
        if any(c.isalnum() for c in candidate) and (found := text.find(candidate)):
            return found
    return None
