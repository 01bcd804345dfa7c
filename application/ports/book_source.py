from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FetchedFile:
    content: AsyncIterator[bytes]
    file_name: str
    media_type: str


class BookSource(Protocol):
    def fetch(self, url: str) -> AbstractAsyncContextManager[FetchedFile]:
        """Stream a file from a URL, guarded: only global addresses, limits on size and time.

        Raises ForbiddenAddress, SourceUnavailable, FileTooLarge, also while it streams.
        """
        ...
