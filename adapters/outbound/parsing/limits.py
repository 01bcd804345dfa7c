"""How much of a file is read before it is refused."""

from __future__ import annotations

import time
from dataclasses import dataclass

from domain.errors import FileTooLarge, WorkerCrashed

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ParsingLimits:
    max_file_bytes: int = 100 * MIB
    max_text_chars: int = 20_000_000  # of the canonical text
    max_archive_entries: int = 5_000
    max_expanded_bytes: int = 200 * MIB  # all entries of an archive together
    max_ratio: int = 100  # expanded to packed, of an archive and of each large entry
    max_elements: int = 1_000_000  # of one marked-up document
    max_pages: int = 10_000
    max_memory_bytes: int = 1024 * MIB  # of a worker process, beside what it had
    seconds: float = 120.0
    grace: float = 5.0  # seconds more, until a process that does not heed its limit is killed

    def check_file_size(self, size: int) -> None:
        if size > self.max_file_bytes:
            raise FileTooLarge(
                f"The file is larger than {self.max_file_bytes // MIB} MB; give a smaller one."
            )

    def check_text_length(self, length: int) -> None:
        if length > self.max_text_chars:
            raise FileTooLarge(
                f"The book has more than {self.max_text_chars:,} characters of text; "
                "split it into volumes."
            )

    def check_markup(self, document: bytes) -> None:
        """A tree costs far more memory than its file; counting tags costs nothing."""
        if document.count(b"<") > 2 * self.max_elements:
            raise FileTooLarge("The file has too many elements to be a book.")


class Deadline:
    """A time limit that long loops ask now and then."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._end:
            raise WorkerCrashed(
                f"Reading the file took longer than {self._seconds:.0f} seconds; it was given up."
            )
