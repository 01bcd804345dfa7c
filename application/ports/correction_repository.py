from collections.abc import Sequence
from typing import Protocol

from domain.corrections import Correction
from domain.ids import BookId, CorrectionId


class CorrectionRepository(Protocol):
    """What people have put right in books' casts, in the order in which it was added."""

    async def add(self, book_id: BookId, correction: Correction) -> None:
        """The last of the book's; one of the same id there already stays as and where it is."""
        ...

    async def of_book(self, book_id: BookId) -> Sequence[Correction]: ...

    async def remove(self, book_id: BookId, correction_id: CorrectionId) -> bool:
        """Whether it was there."""
        ...

    async def delete_of_book(self, book_id: BookId) -> None: ...
