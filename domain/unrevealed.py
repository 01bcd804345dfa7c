"""The names that a reader has not come to yet, and whether a text has one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.cast import Cast
from domain.frontier import Frontier

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Unrevealed:
    names: frozenset[str]

    @classmethod
    def of(cls, cast: Cast, frontier: Frontier) -> Unrevealed:
        """`cast`: the whole one, as it was put. A name that somebody known has is no secret."""
        if frontier.is_whole_book:
            return cls(frozenset())
        known = {a.text for c in cast.up_to(frontier).characters for a in c.aliases}
        return cls(frozenset(a.text for c in cast.characters for a in c.aliases) - known)

    def named_in(self, text: str) -> list[str]:
        """Those that stand in the text as whole words, however they are spaced."""
        words = _WORD.findall(text)
        there, spaced = frozenset(words), f" {' '.join(words)} "
        return sorted(
            name
            for name in self.names
            if (parts := _WORD.findall(name))
            and there.issuperset(parts)
            and f" {' '.join(parts)} " in spaced
        )

    def without(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The texts that have none of them."""
        return tuple(text for text in texts if not self.named_in(text))


NO_SECRETS = Unrevealed(frozenset())
