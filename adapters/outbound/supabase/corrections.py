"""Corrections of casts."""

from collections.abc import Sequence

from adapters.outbound.supabase.client import Row, SupabaseClient
from adapters.outbound.supabase.rows import read_all
from adapters.outbound.supabase.values import from_time, is_id, storable_json, to_time
from domain.correction_json import change_from_json, change_to_json
from domain.corrections import Correction
from domain.ids import BookId, CorrectionId

_TABLE = "falsafa_corrections"


class SupabaseCorrectionRepository:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client

    async def add(self, book_id: BookId, correction: Correction) -> None:
        await self._client.call(
            "falsafa_add_correction",
            {
                "the_book": book_id,
                "the_correction": {
                    "id": correction.id,
                    "author": correction.author,
                    "change": storable_json(change_to_json(correction.change)),
                    "created_at": from_time(correction.created_at),
                },
            },
        )

    async def of_book(self, book_id: BookId) -> Sequence[Correction]:
        rows = await read_all(self._client, _TABLE, where={"book_id": book_id}, order="seq")
        return tuple(map(_correction, rows))

    async def remove(self, book_id: BookId, correction_id: CorrectionId) -> bool:
        if not is_id(correction_id):
            return False
        removed = await self._client.rows(
            lambda api: api.table(_TABLE).delete().match({"book_id": book_id, "id": correction_id})
        )
        return bool(removed)

    async def delete_of_book(self, book_id: BookId) -> None:
        await self._client.rows(lambda api: api.table(_TABLE).delete().eq("book_id", book_id))


def _correction(row: Row) -> Correction:
    return Correction(
        id=row["id"],
        author=row["author"],
        created_at=to_time(row["created_at"]),
        change=change_from_json(row["change"]),
    )
