from domain.conversation import ReadingProgress
from domain.ids import BookId, OwnerId


class MemoryReadingProgressRepository:
    def __init__(self) -> None:
        self.progress: dict[tuple[OwnerId, BookId], ReadingProgress] = {}

    async def put(self, progress: ReadingProgress) -> None:
        self.progress[progress.user_id, progress.book_id] = progress

    async def get(self, user_id: OwnerId, book_id: BookId) -> ReadingProgress | None:
        return self.progress.get((user_id, book_id))

    async def delete_of_book(self, book_id: BookId) -> None:
        self.progress = {key: p for key, p in self.progress.items() if p.book_id != book_id}
