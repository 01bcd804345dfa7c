"""EPUB Canonical Fragment Identifiers: https://idpf.org/epub/linking/cfi/

A CFI leads by even steps to an element, by an odd one to the text between elements, and then to a
character, counted in UTF-16 code units. Document order is the order of the steps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import total_ordering
from itertools import takewhile

# What a producer claims to stand there ("[chapter-5]", "[;s=b]"): we go by the steps alone.
_ASSERTION = re.compile(r"\[(?:\^.|[^\[\]^])*\]")
_PATH = re.compile(r"((?:/\d{1,6}!?)+)?(?::(\d{1,9}))?(?:[~@][\d.:@]+)*")
_STEP = re.compile(r"/\d+!?")
_TEXT_PLACE = re.compile(r"([/\d]+![/\d]+):(\d+)\+(\d+)(?:\*(\d))?(?:~(\d+))?")
_LONGEST = 4_096  # characters


@total_ordering
@dataclass(frozen=True, slots=True)
class CfiPoint:
    """A place in a publication. `steps`: each as it is written, "/6", "/14!", "/4"."""

    steps: tuple[str, ...]
    unit: int = 0  # of UTF-16, in the text that the steps lead to

    def __lt__(self, other: CfiPoint) -> bool:
        return self._key < other._key

    @property
    def _key(self) -> tuple[tuple[int, ...], int]:
        return tuple(int(step.strip("/!")) for step in self.steps), self.unit

    def __str__(self) -> str:
        return f"{''.join(self.steps)}:{self.unit}"


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A stretch of a text node that the canonical text has code point by code point."""

    path: str
    unit: int
    length: int  # in code points
    width: int = 1  # code units of each
    # The last step as epub.js counts: it leaves out texts that are empty, between two elements
    # that adjoin, where the specification counts them.
    epubjs_step: int = 0

    def __str__(self) -> str:
        """ "/6/14!/4/2/10/1:0+57", or "+57*2", or "+57~1" if epub.js counts another way."""
        width = f"*{self.width}" if self.width > 1 else ""
        is_other = self.epubjs_step and not self.path.endswith(f"/{self.epubjs_step}")
        other = f"~{self.epubjs_step}" if is_other else ""
        return f"{self.path}:{self.unit}+{self.length}{width}{other}"

    @property
    def for_epubjs(self) -> TextPlace:
        if not self.epubjs_step:
            return self
        element = self.path.rpartition("/")[0]
        return replace(self, path=f"{element}/{self.epubjs_step}", epubjs_step=0)

    @property
    def start(self) -> CfiPoint:
        return CfiPoint(steps_of(self.path), self.unit)

    @property
    def end(self) -> CfiPoint:
        return CfiPoint(steps_of(self.path), self.unit + self.length * self.width)

    def cut(self, start: int = 0, end: int | None = None) -> TextPlace:
        """Its code points from one to another, counted from its first."""
        start = min(start, self.length)
        end = self.length if end is None else max(start, min(end, self.length))
        return replace(self, unit=self.unit + start * self.width, length=end - start)

    def before(self, unit: int) -> int | None:
        """How many of its code points stand before a code unit; None if that lies behind it."""
        count = (unit - self.unit) // self.width
        return count if count <= self.length else None

    @classmethod
    def read(cls, written: str) -> TextPlace | None:
        """None for an anchor that is no place in an EPUB, or that an earlier release wrote."""
        match = _TEXT_PLACE.fullmatch(written)
        if match is None:
            return None
        return cls(match[1], int(match[2]), int(match[3]), int(match[4] or 1), int(match[5] or 0))


def steps_of(path: str) -> tuple[str, ...]:
    return tuple(_STEP.findall(path))


def range_cfi(start: CfiPoint, end: CfiPoint) -> str:
    """From `start` up to, and without, `end`."""
    pairs = zip(start.steps[:-1], end.steps[:-1], strict=False)  # each keeps a step of its own
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    ends = (CfiPoint(point.steps[shared:], point.unit) for point in (start, end))
    return f"epubcfi({''.join(start.steps[:shared])},{','.join(map(str, ends))})"


def read_cfi(written: str) -> tuple[CfiPoint, CfiPoint]:
    """Its two ends, which are one for a point. Raises ValueError for anything else."""
    match = re.fullmatch(r"\s*epubcfi\((.*)\)\s*", written, re.DOTALL)
    if match is None or len(written) > _LONGEST:
        raise ValueError("no CFI")
    parts = _ASSERTION.sub("", match[1]).split(",")
    if len(parts) not in (1, 3) or not parts[0].startswith("/"):
        raise ValueError("no CFI")
    if len(parts) == 1:
        point = _point(parts[0])
        return point, point
    start, end = _point(parts[0] + parts[1]), _point(parts[0] + parts[2])
    if end < start:
        raise ValueError("a range that runs backward")
    return start, end


def _point(path: str) -> CfiPoint:
    match = _PATH.fullmatch(path)
    if match is None or not match[1]:
        raise ValueError("no CFI")
    return CfiPoint(steps_of(match[1]), int(match[2] or 0))
