"""Casts of content versions, in SQLite: characters, aliases, quotes, mentions, merges."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterator

import aiosqlite

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.recent import Recent
from adapters.outbound.sqlite.rows import (
    delete_version,
    insert,
    insert_all,
    key_of,
    of_version,
    one,
)
from adapters.outbound.sqlite.values import from_json, new_revision, to_json
from domain.book import ContentVersion
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
from domain.frontier import Frontier
from domain.span import Span

_KEPT_WHOLE = 4  # casts in memory; a long novel's takes about 10 MB
_KEPT_KNOWN = 16  # the same, as known at one frontier: most reads come again from the same page

_KEY = ("book_id", "version", "idx")
_COLUMNS = {
    "characters": (
        *_KEY,
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
    ),
    "aliases": (*_KEY, "character_id", "text", "known_from", "count"),
    "quotes": (
        *_KEY,
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
    ),
    "mentions": (*_KEY, "start_offset", "end_offset", "character_id", "kind", "alias"),
    "merges": (*_KEY, "absorbed_id", "into_id", "known_from"),
}


class SqliteCastRepository:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._whole: Recent[tuple[ContentVersion, str], Cast] = Recent(_KEPT_WHOLE)
        self._known: Recent[tuple[ContentVersion, str, Frontier], Cast] = Recent(_KEPT_KNOWN)

    async def put(self, version: ContentVersion, cast: Cast) -> None:
        rows = _rows(cast)
        key = (version.book_id, version.number)
        async with self._database.write() as connection:
            await delete_version(connection, "casts", version)
            await insert(
                connection,
                "casts",
                {
                    **key_of(version),
                    "revision": new_revision(),
                    "warnings": to_json(cast.warnings),
                },
            )
            for table, columns in _COLUMNS.items():
                numbered = ((*key, idx, *row) for idx, row in enumerate(rows[table]))
                await insert_all(connection, table, columns, numbered)

    async def get(self, version: ContentVersion, up_to: Frontier) -> Cast:
        async with self._database.read() as connection:
            head = await _head(connection, version)
            if head is None:
                return Cast()
            if known := self._known.get((version, head["revision"], up_to)):
                return known
            whole = await self._load(connection, version, head)
        known = await asyncio.to_thread(whole.up_to, up_to)
        self._known.put((version, head["revision"], up_to), known)
        return known

    async def whole(self, version: ContentVersion) -> Cast:
        async with self._database.read() as connection:
            head = await _head(connection, version)
            return Cast() if head is None else await self._load(connection, version, head)

    async def revision(self, version: ContentVersion) -> str:
        async with self._database.read() as connection:
            head = await _head(connection, version)
        return "" if head is None else str(head["revision"])

    async def delete(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            await delete_version(connection, "casts", version)

    async def _load(
        self, connection: aiosqlite.Connection, version: ContentVersion, head: sqlite3.Row
    ) -> Cast:
        key = (version, head["revision"])
        if whole := self._whole.get(key):
            return whole
        tables = {table: await of_version(connection, table, version) for table in _COLUMNS}
        whole = await asyncio.to_thread(_cast, tables, tuple(from_json(head["warnings"])))
        self._whole.put(key, whole)
        return whole


async def _head(connection: aiosqlite.Connection, version: ContentVersion) -> sqlite3.Row | None:
    return await one(
        connection,
        "SELECT revision, warnings FROM casts WHERE (book_id, version) = (:book_id, :version)",
        key_of(version),
    )


def _rows(cast: Cast) -> dict[str, Iterator[tuple[object, ...]]]:
    """The rows of each table without their key, made as they are written."""
    return {
        "characters": (
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
        "aliases": (
            (c.id, a.text, a.known_from, a.count) for c in cast.characters for a in c.aliases
        ),
        "quotes": (
            (
                q.id,
                q.span.start,
                q.span.end,
                q.utterance,
                q.speaker_id,
                q.confidence,
                q.attribution,
                to_json(q.addressee_ids),
                q.known_from,
                q.addressees_known_from,
            )
            for q in cast.quotes
        ),
        "mentions": (
            (m.span.start, m.span.end, m.character_id, m.kind, m.alias) for m in cast.mentions
        ),
        "merges": ((m.absorbed_id, m.into_id, m.known_from) for m in cast.merges),
    }


def _cast(tables: dict[str, list[sqlite3.Row]], warnings: tuple[str, ...]) -> Cast:
    aliases: defaultdict[str, list[Alias]] = defaultdict(list)
    for row in tables["aliases"]:
        alias = Alias(row["text"], row["known_from"], row["count"])
        aliases[row["character_id"]].append(alias)
    return Cast(
        characters=tuple(_character(r, tuple(aliases[r["id"]])) for r in tables["characters"]),
        quotes=tuple(_quote(row) for row in tables["quotes"]),
        mentions=tuple(_mention(row) for row in tables["mentions"]),
        merges=tuple(
            Merge(row["absorbed_id"], row["into_id"], row["known_from"]) for row in tables["merges"]
        ),
        warnings=warnings,
    )


def _character(row: sqlite3.Row, aliases: tuple[Alias, ...]) -> Character:
    return Character(
        id=row["id"],
        name=row["name"],
        aliases=aliases,
        first_mention=Span(row["first_mention_start"], row["first_mention_end"]),
        gender=None if row["gender"] is None else Gender(row["gender"]),
        mention_count=row["mention_count"],
        quote_count=row["quote_count"],
        is_narrator=bool(row["is_narrator"]),
        gender_known_from=row["gender_known_from"],
        narrator_known_from=row["narrator_known_from"],
    )


def _quote(row: sqlite3.Row) -> Quote:
    return Quote(
        id=row["id"],
        span=Span(row["start_offset"], row["end_offset"]),
        utterance=row["utterance"],
        speaker_id=row["speaker_id"],
        confidence=row["confidence"],
        attribution=AttributionKind(row["attribution"]),
        addressee_ids=tuple(from_json(row["addressee_ids"])),
        known_from=row["known_from"],
        addressees_known_from=row["addressees_known_from"],
    )


def _mention(row: sqlite3.Row) -> Mention:
    return Mention(
        span=Span(row["start_offset"], row["end_offset"]),
        character_id=row["character_id"],
        kind=MentionKind(row["kind"]),
        alias=row["alias"],
    )
