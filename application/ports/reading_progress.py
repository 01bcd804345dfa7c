from typing import Protocol

from domain.conversation import ReadingProgress
from domain.ids import BookId, OwnerId


class ReadingProgressRepository(Protocol):
    """How far each reader has come in each book."""

    async def put(self, progress: ReadingProgress) -> None: ...

    async def get(self, user_id: OwnerId, book_id: BookId) -> ReadingProgress | None: ...

    async def delete_of_book(self, book_id: BookId) -> None: ...
