"""How far a reader has read. What lies beyond does not exist, for any read."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from domain.span import Span


@dataclass(frozen=True, slots=True, order=True)
class Frontier:
    """One exclusive offset into the canonical text: what ends at or before it is visible."""

    offset: int

    def __post_init__(self) -> None:
        if self.offset < 0:
            raise ValueError("a frontier is not negative")

    def sees(self, span: Span) -> bool:
        return span.end <= self.offset

    def knows(self, revealed_at: int) -> bool:
        """Whether a fact that the text reveals at this offset has been read."""
        return revealed_at <= self.offset

    def clip(self, span: Span) -> Span:
        """The part of a span that has been read; empty at its start if none has."""
        return Span(span.start, max(span.start, min(span.end, self.offset)))

    @property
    def is_whole_book(self) -> bool:
        return self == WHOLE_BOOK


WHOLE_BOOK = Frontier(sys.maxsize)
