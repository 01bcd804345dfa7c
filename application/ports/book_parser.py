from pathlib import Path
from typing import Protocol

from domain.book import ParsedBook


class BookParser(Protocol):
    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        """One canonical text with chapters. The content decides the format; name and media type
        are hints.

        Raises UnsupportedFile, EncryptedFile, EmptyBook, BrokenFile, FileTooLarge, WorkerCrashed.
        """
        ...
