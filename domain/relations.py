"""Who has to do with whom: derived from the cast, so that it is as old as the reader's page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TypeAlias

from domain.cast import Cast
from domain.ids import CharacterId
from domain.span import Span

NEARBY = 600  # code points: two people named within this stretch appear together
MAX_EVIDENCE = 5  # places kept a relation


class RelationKind(StrEnum):
    SPEAKS_WITH = "speaks_with"
    APPEARS_WITH = "appears_with"


@dataclass(frozen=True, slots=True)
class Relation:
    """Two characters, in id order; symmetrical. `weight`: how often; `known_from`: since when."""

    first_id: CharacterId
    second_id: CharacterId
    kind: RelationKind
    weight: int
    known_from: int
    evidence: tuple[Span, ...]  # the first few places


_Pair: TypeAlias = tuple[RelationKind, CharacterId, CharacterId]


def relations_of(cast: Cast) -> tuple[Relation, ...]:
    """Relations among the cast's characters, strongest first.

    Give it `cast.up_to(frontier)`, and nothing later is told.
    """
    present = {c.id for c in cast.characters}
    places: dict[_Pair, list[tuple[Span, int]]] = defaultdict(list)
    for quote in cast.quotes:
        for addressee in quote.addressee_ids:
            if quote.speaker_id is not None and quote.speaker_id != addressee:
                a, b = sorted((quote.speaker_id, addressee))
                known_from = max(quote.span.end, quote.known_from, quote.addressees_known_from)
                places[RelationKind.SPEAKS_WITH, a, b].append((quote.span, known_from))
    for a, b, where in _together(cast):
        places[RelationKind.APPEARS_WITH, a, b].append((where, where.end))
    relations = [
        Relation(
            first_id=a,
            second_id=b,
            kind=kind,
            weight=len(where_and_when),
            known_from=min(known_from for _, known_from in where_and_when),
            evidence=tuple(span for span, _ in where_and_when[:MAX_EVIDENCE]),
        )
        for (kind, a, b), where_and_when in places.items()
        if a in present and b in present
    ]
    relations.sort(key=lambda r: (-r.weight, r.kind, r.known_from))
    return tuple(relations)


def _together(cast: Cast) -> list[tuple[CharacterId, CharacterId, Span]]:
    """Pairs named within one stretch of the text, once a stretch."""
    stretches: dict[int, dict[CharacterId, Span]] = defaultdict(dict)
    for mention in cast.mentions:
        stretches[mention.span.start // NEARBY].setdefault(mention.character_id, mention.span)
    pairs = []
    for _, people in sorted(stretches.items()):
        for a, b in combinations(sorted(people), 2):
            first, second = sorted((people[a], people[b]))
            pairs.append((a, b, Span(first.start, max(first.end, second.end))))
    return pairs
