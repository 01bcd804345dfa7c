"""Whoever answers a reader: a character, or the book itself, as the reader's page shows them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.cast import Character, Gender
from domain.span import Span
from domain.speech import Line
from domain.wording import Wordings


@dataclass(frozen=True, slots=True)
class Interlocutor:
    persona: str
    names: Mapping[str, Gender | None]  # what the book's people are called, up to the frontier
    character: Character | None = None  # None: the book itself
    lines: tuple[Line, ...] = ()  # the character's, in order
    telling: tuple[Line, ...] = ()
    wordings: Wordings = field(default_factory=lambda: Wordings(()))  # of `lines`
    passage_of_line: Mapping[Span, int] = field(default_factory=dict)

    @property
    def own_names(self) -> tuple[str, ...]:
        return tuple(alias.text for alias in self.character.aliases) if self.character else ()

    def lines_within(self, passage: Span) -> tuple[Line, ...]:
        start = bisect_left(self.lines, passage.start, key=lambda line: line.span.start)
        end = bisect_right(self.lines, passage.end, key=lambda line: line.span.end)
        return self.lines[start:end]
