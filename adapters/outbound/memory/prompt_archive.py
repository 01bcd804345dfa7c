from domain.ids import BookId


class MemoryPromptArchive:
    def __init__(self) -> None:
        self.prompts: dict[tuple[BookId, str], str] = {}

    async def write(self, book_id: BookId, character_name: str, prompt: str) -> None:
        self.prompts[book_id, character_name] = prompt

    async def read(self, book_id: BookId, character_name: str) -> str | None:
        return self.prompts.get((book_id, character_name))

    async def delete(self, book_id: BookId) -> None:
        self.prompts = {key: p for key, p in self.prompts.items() if key[0] != book_id}
