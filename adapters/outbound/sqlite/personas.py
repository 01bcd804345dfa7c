"""Personas and their versions, in SQLite."""

import sqlite3
from collections.abc import Sequence

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.rows import delete_version, insert, key_of
from adapters.outbound.sqlite.values import from_json, from_time, to_json, to_time
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId
from domain.persona import Persona, PersonaOrigin, Trait
from domain.span import Span


class SqlitePersonaRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, version: ContentVersion, persona: Persona) -> None:
        row = {**key_of(version), **_row(persona)}
        async with self._database.write() as connection:
            await connection.execute(
                "DELETE FROM personas WHERE (book_id, version, character_id, number)"
                " = (:book_id, :version, :character_id, :number)",
                row,
            )
            await insert(connection, "personas", row)

    async def latest(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Persona | None:
        return next(iter(await self._fitting(version, character_id, up_to, limit=1)), None)

    async def versions(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Sequence[Persona]:
        return await self._fitting(version, character_id, up_to, limit=-1)

    async def delete(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            await delete_version(connection, "personas", version)

    async def delete_book(self, book_id: BookId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM personas WHERE book_id = ?", (book_id,))

    async def _fitting(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier, *, limit: int
    ) -> list[Persona]:
        async with self._database.read() as connection:
            rows = await connection.execute_fetchall(
                "SELECT * FROM personas WHERE (book_id, version, character_id)"
                " = (:book_id, :version, :character_id) AND through <= :up_to"
                " ORDER BY number DESC LIMIT :limit",
                {
                    **key_of(version),
                    "character_id": character_id,
                    "up_to": up_to.offset,
                    "limit": limit,
                },
            )
        return [_persona(row) for row in rows]


def _row(persona: Persona) -> dict[str, object]:
    traits = [
        {"label": t.label, "text": t.text, "evidence": [[s.start, s.end] for s in t.evidence]}
        for t in persona.traits
    ]
    return {
        "character_id": persona.character_id,
        "number": persona.number,
        "system_prompt": persona.prompt,
        "through": persona.through.offset,
        "origin": persona.origin,
        "traits": to_json(traits),
        "created_at": from_time(persona.created_at),
    }


def _persona(row: sqlite3.Row) -> Persona:
    return Persona(
        character_id=row["character_id"],
        number=row["number"],
        prompt=row["system_prompt"],
        through=Frontier(row["through"]),
        origin=PersonaOrigin(row["origin"]),
        created_at=to_time(row["created_at"]),
        traits=tuple(
            Trait(t["label"], t["text"], tuple(Span(start, end) for start, end in t["evidence"]))
            for t in from_json(row["traits"])
        ),
    )
