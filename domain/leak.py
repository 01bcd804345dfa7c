"""Leaks: places of a reply that tell what its reader has not read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.span import Span

HELD_BACK = "[…]"  # stands for sentences that are not told


class LeakPolicy(StrEnum):
    OFF = "off"
    FLAG = "flag"  # tell with the reply where it leaks
    HOLD = "hold"  # do not tell the sentence at all


class LeakKind(StrEnum):
    NAME = "name"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True)
class Leak:
    """A place of a reply, and no word of the book's: nothing that the reply does not say itself."""

    kind: LeakKind
    span: Span  # of the reply's text as it was told
    exact: str  # what stands there: of a sentence that was held back, `HELD_BACK`
    is_held: bool = False
