"""The files that BookNLP writes, as rows: https://github.com/booknlp/booknlp#readme.

Columns are separated by tabs and nothing is quoted. Tokens are counted through the book; the end
of a run of tokens is its last one. The columns named "byte" hold code points.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from domain.errors import ModelFailed
from domain.span import Span

SUFFIXES = ("tokens", "entities", "quotes", "supersense", "book")
PERSON = "PER"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    paragraph: int
    sentence: int
    lemma: str
    is_event: bool


@dataclass(frozen=True, slots=True)
class Entity:
    first: int  # token
    last: int
    coref: int  # of one id: one and the same
    kind: str  # PROP, NOM, PRON
    category: str  # PER, FAC, GPE, LOC, VEH, ORG


@dataclass(frozen=True, slots=True)
class Quotation:
    """With its marks."""

    first: int  # token
    last: int
    speaker: int | None  # coref
    mention: tuple[int, int] | None  # first and last token of what names the speaker


@dataclass(frozen=True, slots=True)
class Supersense:
    first: int
    last: int
    category: str


@dataclass(frozen=True, slots=True)
class Person:
    """What `.book` tells of a coref id that is mentioned at least twice."""

    coref: int
    gender: str | None  # pronouns: "he/him/his"
    gender_share: float  # of the pronouns, 0..1
    roles: Mapping[str, tuple[int, ...]]  # agent, patient, mod, poss: tokens


@dataclass(frozen=True, slots=True)
class Output:
    tokens: Sequence[Token]
    entities: Sequence[Entity]
    quotations: Sequence[Quotation]
    supersenses: Sequence[Supersense]
    persons: Mapping[int, Person]

    def span(self, first: int, last: int) -> Span:
        return Span(self.tokens[first].start, self.tokens[last].end)


def read(files: Mapping[str, str]) -> Output:
    """`files`: contents by suffix. Raises ModelFailed where they are not as documented."""
    try:
        return Output(
            tokens=_rows(files["tokens"], _token),
            entities=_rows(files["entities"], _entity),
            quotations=_rows(files["quotes"], _quotation),
            supersenses=_rows(files["supersense"], _supersense),
            persons={p.coref: p for p in map(_person, json.loads(files["book"])["characters"])},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFailed(
            "BookNLP wrote files of another form than version 1.0.8 does. "
            "Run: uv sync --extra booknlp"
        ) from error


def _rows(content: str, make: Callable[[Mapping[str, str]], T]) -> list[T]:
    # Not splitlines(): a word may hold any character but the line feed.
    header, *lines = content.split("\n")
    names = header.split("\t")
    return [make(dict(zip(names, line.split("\t"), strict=True))) for line in lines if line]


def _token(row: Mapping[str, str]) -> Token:
    return Token(
        start=int(row["byte_onset"]),
        end=int(row["byte_offset"]),
        paragraph=int(row["paragraph_ID"]),
        sentence=_number(row["sentence_ID"]) or 0,
        lemma=row["lemma"],
        is_event=row["event"] == "EVENT",
    )


def _entity(row: Mapping[str, str]) -> Entity:
    first, last = int(row["start_token"]), int(row["end_token"])
    return Entity(first, last, int(row["COREF"]), kind=row["prop"], category=row["cat"])


def _quotation(row: Mapping[str, str]) -> Quotation:
    first, last = _number(row["mention_start"]), _number(row["mention_end"])
    return Quotation(
        first=int(row["quote_start"]),
        last=int(row["quote_end"]),
        speaker=_number(row["char_id"]),
        mention=None if first is None or last is None else (first, last),
    )


def _supersense(row: Mapping[str, str]) -> Supersense:
    first, last = int(row["start_token"]), int(row["end_token"])
    return Supersense(first, last, row["supersense_category"])


def _person(character: Mapping[str, Any]) -> Person:
    gender = character["g"] or {}
    return Person(
        coref=int(character["id"]),
        gender=gender.get("argmax"),
        gender_share=float(gender.get("max") or 0.0),
        roles={
            role: tuple(int(word["i"]) for word in character[role])
            for role in ("agent", "patient", "mod", "poss")
        },
    )


def _number(cell: str) -> int | None:
    return None if cell in ("None", "_") else int(cell)
