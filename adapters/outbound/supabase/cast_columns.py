"""A cast as it travels: each table an object of columns, each an array of values by row.

A novel has some 15,000 mentions. As objects, one a row, the names of their columns would weigh
more than they do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

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
from domain.span import Span

Columns: TypeAlias = dict[str, list[Any]]

_CHARACTERS = (
    "id",
    "name",
    "gender",
    "first_mention_start",
    "first_mention_end",
    "mention_count",
    "quote_count",
    "is_narrator",
    "gender_known_from",
    "narrator_known_from",
)
_ALIASES = ("character_id", "text", "known_from", "count")
_QUOTES = (
    "id",
    "start_offset",
    "end_offset",
    "utterance",
    "speaker_id",
    "confidence",
    "attribution",
    "addressee_ids",
    "known_from",
    "addressees_known_from",
)
_MENTIONS = ("start_offset", "end_offset", "character_id", "kind", "alias")
_MERGES = ("absorbed_id", "into_id", "known_from")


def columns_of(cast: Cast) -> dict[str, Columns]:
    return {
        "characters": _columns(
            _CHARACTERS,
            (
                (
                    c.id,
                    c.name,
                    c.gender,
                    c.first_mention.start,
                    c.first_mention.end,
                    c.mention_count,
                    c.quote_count,
                    c.is_narrator,
                    c.gender_known_from,
                    c.narrator_known_from,
                )
                for c in cast.characters
            ),
        ),
        "aliases": _columns(
            _ALIASES,
            ((c.id, a.text, a.known_from, a.count) for c in cast.characters for a in c.aliases),
        ),
        "quotes": _columns(
            _QUOTES,
            (
                (
                    q.id,
                    q.span.start,
                    q.span.end,
                    q.utterance,
                    q.speaker_id,
                    q.confidence,
                    q.attribution,
                    " ".join(q.addressee_ids),
                    q.known_from,
                    q.addressees_known_from,
                )
                for q in cast.quotes
            ),
        ),
        "mentions": _columns(
            _MENTIONS,
            ((m.span.start, m.span.end, m.character_id, m.kind, m.alias) for m in cast.mentions),
        ),
        "merges": _columns(
            _MERGES, ((m.absorbed_id, m.into_id, m.known_from) for m in cast.merges)
        ),
    }


def cast_of(found: dict[str, Any]) -> Cast:
    aliases: defaultdict[str, list[Alias]] = defaultdict(list)
    for character_id, *alias in _rows(found["aliases"], _ALIASES):
        aliases[character_id].append(Alias(*alias))
    return Cast(
        characters=tuple(
            Character(
                id=id_,
                name=name,
                aliases=tuple(aliases[id_]),
                first_mention=Span(start, end),
                gender=None if gender is None else Gender(gender),
                mention_count=mentions,
                quote_count=quotes,
                is_narrator=is_narrator,
                gender_known_from=gender_known_from,
                narrator_known_from=narrator_known_from,
            )
            for (
                id_,
                name,
                gender,
                start,
                end,
                mentions,
                quotes,
                is_narrator,
                gender_known_from,
                narrator_known_from,
            ) in _rows(found["characters"], _CHARACTERS)
        ),
        quotes=tuple(
            Quote(
                id=id_,
                span=Span(start, end),
                utterance=utterance,
                speaker_id=speaker_id,
                confidence=confidence,
                attribution=AttributionKind(attribution),
                addressee_ids=tuple(addressee_ids.split()),
                known_from=known_from,
                addressees_known_from=addressees_known_from,
            )
            for (
                id_,
                start,
                end,
                utterance,
                speaker_id,
                confidence,
                attribution,
                addressee_ids,
                known_from,
                addressees_known_from,
            ) in _rows(found["quotes"], _QUOTES)
        ),
        mentions=tuple(
            Mention(Span(start, end), character_id, MentionKind(kind), alias)
            for start, end, character_id, kind, alias in _rows(found["mentions"], _MENTIONS)
        ),
        merges=tuple(Merge(*merge) for merge in _rows(found["merges"], _MERGES)),
        warnings=tuple(found["warnings"]),
    )


def _columns(names: Sequence[str], rows: Iterable[Sequence[object]]) -> Columns:
    columns: Columns = {name: [] for name in names}
    for row in rows:
        for name, value in zip(names, row, strict=True):
            columns[name].append(value)
    return columns


def _rows(columns: dict[str, Any], names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """PostgreSQL gathers no rows at all as null."""
    return zip(*(columns[name] or () for name in names), strict=True)
