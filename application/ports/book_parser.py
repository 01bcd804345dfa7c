from pathlib import Path
from typing import Protocol

from domain.book import ParsedBook


class BookParser(Protocol):
    async def check(self, path: Path, file_name: str, media_type: str) -> str:
        """The media type that the content shows; quick, so that an upload is refused at once.

        Raises UnsupportedFile, EncryptedFile, BrokenFile, FileTooLarge, EmptyBook (0 bytes).
        """
        ...

    async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
        """One canonical text with chapters. The content decides the format; name and media type
        are hints.

        Raises UnsupportedFile, EncryptedFile, EmptyBook, BrokenFile, FileTooLarge, WorkerCrashed.
        """
        ...
