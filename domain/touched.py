"""Whom a corrected cast shows otherwise than the cast before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from domain.cast import Cast
from domain.frontier import WHOLE_BOOK
from domain.ids import CharacterId
from domain.relations import relations_of

_Shown: TypeAlias = Mapping[CharacterId, object]


@dataclass(frozen=True, slots=True)
class Touched:
    """Those of the new cast; somebody of the first set is not in the second."""

    themselves: frozenset[CharacterId]  # their names, mentions or lines are others
    around: frozenset[CharacterId]  # they have to do with somebody who is told otherwise


def touched(before: Cast, after: Cast) -> Touched:
    """Both as they were put; compared as a reader of the whole book knows them."""
    before, after = before.up_to(WHOLE_BOOK), after.up_to(WHOLE_BOOK)
    old, new = _shown(before), _shown(after)
    changed = {who for who in old.keys() | new.keys() if old.get(who) != new.get(who)}
    around = {
        one
        for cast in (before, after)
        for relation in relations_of(cast)
        for one, other in (
            (relation.first_id, relation.second_id),
            (relation.second_id, relation.first_id),
        )
        if other in changed
    }
    return Touched(
        themselves=frozenset(changed & new.keys()),
        around=frozenset((around - changed) & new.keys()),
    )


def _shown(cast: Cast) -> _Shown:
    spans: defaultdict[CharacterId, list[object]] = defaultdict(list)
    for mention in cast.mentions:
        spans[mention.character_id].append((mention.span, mention.alias))
    for quote in cast.quotes:
        if quote.speaker_id:
            spans[quote.speaker_id].append(
                (quote.span, quote.confidence, quote.known_from, quote.addressee_ids)
            )
    return {c.id: (c, spans[c.id]) for c in cast.characters}
