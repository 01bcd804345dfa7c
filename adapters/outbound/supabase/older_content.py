"""Characters of books that an older backend processed, in the `characters` table of frontends."""

from collections.abc import Sequence

from adapters.outbound.supabase.client import Row, SupabaseClient
from adapters.outbound.supabase.rows import read_all
from adapters.outbound.supabase.values import is_id
from application.ports.older_content import OlderCharacter
from domain.ids import BookId, CharacterId


class SupabaseOlderCharacters:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client

    async def character(self, book_id: BookId, character_id: CharacterId) -> OlderCharacter | None:
        if not is_id(book_id) or not is_id(character_id):
            return None
        rows = await self._client.rows(
            lambda api: (
                api.table("characters")
                .select("*")
                .match({"id": character_id, "book_id": book_id})
                .is_("deleted_at", "null")
                .limit(1)
            )
        )
        return _character(rows[0]) if rows else None

    async def characters(self, book_id: BookId) -> Sequence[OlderCharacter]:
        """In the order in which frontends list them."""
        rows = await read_all(self._client, "characters", where={"book_id": book_id}, order="id")
        there = [row for row in rows if row["deleted_at"] is None]
        there.sort(key=lambda row: (row["sort_order"] or 0, row["created_at"] or ""))
        return [_character(row) for row in there]


def _character(row: Row) -> OlderCharacter:
    return OlderCharacter(
        id=CharacterId(row["id"]),
        name=row["name"],
        aliases=tuple(row["aliases"] or ()),
        prompt=row["system_prompt"] or "",
    )
