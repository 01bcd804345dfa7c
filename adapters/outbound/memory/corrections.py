from collections import defaultdict
from collections.abc import Sequence

from domain.corrections import Correction
from domain.ids import BookId, CorrectionId


class MemoryCorrectionRepository:
    def __init__(self) -> None:
        self.corrections: defaultdict[BookId, dict[CorrectionId, Correction]] = defaultdict(dict)

    async def add(self, book_id: BookId, correction: Correction) -> None:
        self.corrections[book_id].setdefault(correction.id, correction)

    async def of_book(self, book_id: BookId) -> Sequence[Correction]:
        return tuple(self.corrections[book_id].values())

    async def remove(self, book_id: BookId, correction_id: CorrectionId) -> bool:
        return self.corrections[book_id].pop(correction_id, None) is not None

    async def delete_of_book(self, book_id: BookId) -> None:
        self.corrections.pop(book_id, None)
