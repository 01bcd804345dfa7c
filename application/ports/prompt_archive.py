from typing import Protocol

from domain.ids import BookId


class PromptArchive(Protocol):
    """A readable backup of every persona: `{book_id}/{safe_name}.md`."""

    async def write(self, book_id: BookId, character_name: str, prompt: str) -> None: ...

    async def read(self, book_id: BookId, character_name: str) -> str | None: ...

    async def delete(self, book_id: BookId) -> None: ...
