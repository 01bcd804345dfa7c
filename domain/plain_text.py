"""A reply as plain text while it comes: no links, no images, no markup that a page would act on.

A hostile book, or a model that it has misled, could else make a reader's browser fetch an address
that carries what was said (an image in Markdown is fetched unasked).
"""

from __future__ import annotations

import re

from domain.marker import MARKER

_LONGEST = 600  # code points that are held back until it shows what they are

_SUSPECT = re.compile(r"!?\[|!$|<")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_BEGUN_LINK = re.compile(r"!|!?\[[^\[\]]*(?:\](?:\([^()]*(?:\([^()]*\)?[^()]*)*)?)?")
_TAG = re.compile(r"<[/!?]?[A-Za-z-][^<>]*>")
_BEGUN_TAG = re.compile(r"<(?:[/!?]?(?:[A-Za-z-][^<>]*)?)?")


class PlainText:
    """Takes a text piece by piece; however it is cut, the same comes out."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> str:
        """What of the text so far is sure to be plain, and has not been given yet."""
        self._held += piece
        return self._taken(is_whole=False)

    def end(self) -> str:
        """What was held back: a link that was never closed is none."""
        return self._taken(is_whole=True)

    def _taken(self, *, is_whole: bool) -> str:
        plain: list[str] = []
        while found := _SUSPECT.search(self._held):
            plain.append(self._held[: found.start()])
            self._held = self._held[found.start() :]
            if not is_whole and _is_begun(self._held):
                return "".join(plain)
            words, length = _plain(self._held)
            plain.append(words)
            self._held = self._held[length:]
        plain.append(self._held)
        self._held = ""
        return "".join(plain)


def _is_begun(text: str) -> bool:
    """Whether more text could still make a link or a tag of the whole of it."""
    return len(text) <= _LONGEST and _could_become_one(text)


def _could_become_one(text: str) -> bool:
    begun = _BEGUN_TAG if text[0] == "<" else _BEGUN_LINK
    return begun.fullmatch(text) is not None


def _plain(text: str) -> tuple[str, int]:
    """What stands for the link or tag that the text begins with, and how long that is. Of a link
    its words are left; the number of a passage keeps its brackets. One that is too long to wait
    for loses its bracket, and so its meaning."""
    tag, link = _TAG.match(text), _LINK.match(text)
    if tag and tag.end() <= _LONGEST:
        return "", tag.end()
    if link and link.end() <= _LONGEST:
        words = link[1]
        return (number if MARKER.fullmatch(number := f"[{words}]") else words), link.end()
    if len(text) > _LONGEST and _could_become_one(text[: _LONGEST + 1]):
        return ("‹", 1) if text[0] == "<" else ("(", text.index("[") + 1)
    return text[0], 1
