"""A text cut into sentences while it comes, each as soon as it is sure to have ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.naming.titles import is_initial
from domain.sentences import ABBREVIATIONS

LONGEST = 600  # code points; a longer one is cut between two words

# A mark that ends a sentence, what closes over it, the numbers of passages that it rests on, and
# white space. What follows must be there: not a small letter, nor what may become such a number.
_NUMBERS = r"(?:[^\S\n]*\[\d[\d ,;]*\])*"
_END = re.compile(
    rf"(?:[.!?…]+[\"'”’»›)\]*_]*{_NUMBERS}\s+|[。！？\n]{_NUMBERS}\s*)(?=[^\s\[]|\[[^\d\s])"
)
_WORD_BEFORE = re.compile(r"[^\W\d_]+\Z")
_LONGEST_ABBREVIATION = 7


class SentenceStream:
    """Takes a text piece by piece; however it is cut, the same sentences come out. Together they
    are the text: each has the white space after it."""

    def __init__(self) -> None:
        self._held = ""

    @property
    def held(self) -> str:
        """The sentence that has not ended yet."""
        return self._held

    def feed(self, piece: str) -> Iterator[str]:
        self._held += piece
        while end := _end(self._held):
            sentence, self._held = self._held[:end], self._held[end:]
            yield sentence

    def end(self) -> Iterator[str]:
        if self._held:
            sentence, self._held = self._held, ""
            yield sentence


def _end(text: str) -> int:
    """Where the first sentence of the text ends; 0 while that is not sure."""
    for match in _END.finditer(text, 0, LONGEST + 2):
        if match.end() <= LONGEST and _is_end(text, match):
            return match.end()
    if len(text) < LONGEST + 2:
        return 0
    space = max(text.rfind(" ", 0, LONGEST), text.rfind("\n", 0, LONGEST))
    return space + 1 or LONGEST


def _is_end(text: str, match: re.Match[str]) -> bool:
    if "\n" in match[0]:
        return True
    if text[match.end()].islower():
        return False  # '"What?" he cried'
    return not (match[0][0] == "." and match[0][1].isspace() and _is_shortened(text, match.start()))


def _is_shortened(text: str, stop: int) -> bool:
    """Whether the full stop belongs to an abbreviation or an initial."""
    word = _WORD_BEFORE.search(text, max(0, stop - _LONGEST_ABBREVIATION), stop)
    if word is None:
        return False
    return is_initial(word[0]) or word[0].casefold() in ABBREVIATIONS
