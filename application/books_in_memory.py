"""What was made of the books that were used last, in so many bytes of memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from domain.book import ContentVersion

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    state: object
    value: T
    nbytes: int


class BooksInMemory(Generic[T]):
    """As many as fit into `limit` bytes; the one used last always.

    `size`: of a value, in bytes. A value is made once however many ask for it.
    """

    def __init__(self, limit: int, size: Callable[[T], int]) -> None:
        self._limit = limit
        self._size = size
        self._kept: OrderedDict[ContentVersion, _Kept[T]] = OrderedDict()
        self._making: WeakValueDictionary[ContentVersion, asyncio.Lock] = WeakValueDictionary()

    @property
    def nbytes(self) -> int:
        return sum(kept.nbytes for kept in self._kept.values())

    async def get(
        self, version: ContentVersion, state: object, make: Callable[[], Awaitable[T]]
    ) -> T:
        """`state`: of what the value is made; once it is another, the value is made anew. A book
        that was removed and added again may have the number of an older version."""
        kept = self._find(version, state)
        if kept is None:
            async with self._making.setdefault(version, asyncio.Lock()):
                kept = self._find(version, state) or self._keep(version, state, await make())
        return kept.value

    def _find(self, version: ContentVersion, state: object) -> _Kept[T] | None:
        kept = self._kept.get(version)
        if kept is None or kept.state != state:
            return None
        self._kept.move_to_end(version)
        return kept

    def _keep(self, version: ContentVersion, state: object, value: T) -> _Kept[T]:
        kept = self._kept[version] = _Kept(state, value, self._size(value))
        self._kept.move_to_end(version)
        while len(self._kept) > 1 and self.nbytes > self._limit:
            self._kept.popitem(last=False)
        return kept
