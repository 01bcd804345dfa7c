"""A whole cast as JSON, to be read again by us alone: rows without names, for a novel has some
15,000 mentions."""

from __future__ import annotations

import json
from typing import Any

from domain.cast import (
    Alias,
    AttributionKind,
    Cast,
    Character,
    Gender,
    Mention,
    MentionKind,
    Merge,
    Quote,
)
from domain.frontier import WHOLE_BOOK
from domain.span import Span


def whole_cast_to_json(cast: Cast) -> bytes:
    written = {
        "characters": [
            [
                c.id,
                c.name,
                [[a.text, a.known_from, a.count] for a in c.aliases],
                *_ends(c.first_mention),
                c.gender,
                c.mention_count,
                c.quote_count,
                c.is_narrator,
                c.gender_known_from,
                c.narrator_known_from,
            ]
            for c in cast.characters
        ],
        "quotes": [
            [
                q.id,
                *_ends(q.span),
                q.utterance,
                q.speaker_id,
                q.confidence,
                q.attribution,
                q.addressee_ids,
                q.known_from,
                q.addressees_known_from,
            ]
            for q in cast.quotes
        ],
        "mentions": [[*_ends(m.span), m.character_id, m.kind, m.alias] for m in cast.mentions],
        "merges": [[m.absorbed_id, m.into_id, m.known_from] for m in cast.merges],
        "warnings": cast.warnings,
    }
    return json.dumps(written, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def whole_cast_from_json(written: bytes) -> Cast:
    found = json.loads(written)
    return Cast(
        characters=tuple(_character(*row) for row in found["characters"]),
        quotes=tuple(_quote(*row) for row in found["quotes"]),
        mentions=tuple(
            Mention(Span(start, end), who, MentionKind(kind), alias)
            for start, end, who, kind, alias in found["mentions"]
        ),
        merges=tuple(Merge(*row) for row in found["merges"]),
        warnings=tuple(found["warnings"]),
    )


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def _character(
    id_: Any, name: str, aliases: list[list[Any]], start: int, end: int, gender: str | None,
    mentions: int, quotes: int, is_narrator: bool,
    gender_known_from: int = WHOLE_BOOK.offset,  # casts of before have not kept it
    narrator_known_from: int = 0,
) -> Character:  # fmt: skip
    return Character(
        id_,
        name,
        tuple(Alias(*alias) for alias in aliases),
        Span(start, end),
        None if gender is None else Gender(gender),
        mentions,
        quotes,
        is_narrator,
        gender_known_from,
        narrator_known_from,
    )


def _quote(
    id_: Any, start: int, end: int, utterance: int, speaker: Any, confidence: float,
    attribution: str, addressees: list[Any], known_from: int, addressees_known_from: int = 0,
) -> Quote:  # fmt: skip
    return Quote(
        id_,
        Span(start, end),
        utterance,
        speaker,
        confidence,
        AttributionKind(attribution),
        tuple(addressees),
        known_from,
        addressees_known_from,
    )
