"""How far each reader has come, in Supabase."""

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.values import from_time, to_time
from domain.conversation import ReadingProgress
from domain.frontier import Frontier
from domain.ids import BookId, OwnerId

_TABLE = "falsafa_reading_progress"


class SupabaseReadingProgressRepository:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client

    async def put(self, progress: ReadingProgress) -> None:
        row = {
            "user_id": progress.user_id,
            "book_id": progress.book_id,
            "frontier": progress.frontier.offset,
            "updated_at": from_time(progress.updated_at),
        }
        await self._client.rows(
            lambda api: api.table(_TABLE).upsert(row, on_conflict="user_id,book_id")
        )

    async def get(self, user_id: OwnerId, book_id: BookId) -> ReadingProgress | None:
        rows = await self._client.rows(
            lambda api: (
                api.table(_TABLE)
                .select("frontier", "updated_at")
                .match({"user_id": user_id, "book_id": book_id})
            )
        )
        if not rows:
            return None
        row = rows[0]
        return ReadingProgress(
            user_id, book_id, Frontier(row["frontier"]), to_time(row["updated_at"])
        )

    async def delete_of_book(self, book_id: BookId) -> None:
        await self._client.rows(lambda api: api.table(_TABLE).delete().eq("book_id", book_id))
