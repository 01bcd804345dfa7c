"""Personas and their versions."""

from collections.abc import Sequence

from adapters.outbound.supabase.client import Row, SupabaseClient
from adapters.outbound.supabase.rows import arguments_of, key_of, read_all
from adapters.outbound.supabase.values import from_time, storable, to_time
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.ids import BookId, CharacterId
from domain.persona import Persona, PersonaOrigin, Trait
from domain.span import Span

_TABLE = "falsafa_personas"


class SupabasePersonaRepository:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client

    async def put(self, version: ContentVersion, persona: Persona) -> None:
        """What frontends read of the character is kept in step, where the version serves."""
        await self._client.call(
            "falsafa_put_persona", {**arguments_of(version), "the_persona": _row(persona)}
        )

    async def latest(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Persona | None:
        rows = await self._client.rows(
            lambda api: (
                api.table(_TABLE)
                .select("*")
                .match({**key_of(version), "character_id": character_id})
                .lte("through", up_to.offset)
                .order("number", desc=True)
                .limit(1)
            )
        )
        return _persona(rows[0]) if rows else None

    async def versions(
        self, version: ContentVersion, character_id: CharacterId, up_to: Frontier
    ) -> Sequence[Persona]:
        rows = await read_all(
            self._client,
            _TABLE,
            where={**key_of(version), "character_id": character_id},
            order="number",
        )
        personas = (_persona(row) for row in reversed(rows))
        return [persona for persona in personas if persona.fits(up_to)]

    async def delete(self, version: ContentVersion) -> None:
        await self._client.rows(lambda api: api.table(_TABLE).delete().match(key_of(version)))

    async def delete_book(self, book_id: BookId) -> None:
        await self._client.rows(lambda api: api.table(_TABLE).delete().eq("book_id", book_id))


def _row(persona: Persona) -> Row:
    return {
        "character_id": persona.character_id,
        "number": persona.number,
        "system_prompt": storable(persona.prompt),
        "through": persona.through.offset,
        "origin": persona.origin,
        "traits": [
            {
                "label": storable(trait.label),
                "text": storable(trait.text),
                "evidence": [[span.start, span.end] for span in trait.evidence],
            }
            for trait in persona.traits
        ],
        "created_at": from_time(persona.created_at),
    }


def _persona(row: Row) -> Persona:
    return Persona(
        character_id=row["character_id"],
        number=row["number"],
        prompt=row["system_prompt"],
        through=Frontier(row["through"]),
        origin=PersonaOrigin(row["origin"]),
        created_at=to_time(row["created_at"]),
        traits=tuple(
            Trait(t["label"], t["text"], tuple(Span(start, end) for start, end in t["evidence"]))
            for t in row["traits"]
        ),
    )
