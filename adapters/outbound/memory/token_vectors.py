from collections.abc import AsyncIterator, Iterator, Sequence

from application.ports.token_vectors import UNIT, BookTokens, Levels
from domain.book import ContentVersion


class MemoryBookTokens:
    def __init__(self, passages: Sequence[Levels], width: int) -> None:
        self._passages = passages
        self._width = width

    def __len__(self) -> int:
        return len(self._passages)

    @property
    def nbytes(self) -> int:
        return sum(len(levels) for levels in self._passages)

    def nearest(self, query: Levels, passages: Sequence[int]) -> dict[int, Sequence[float]]:
        wanted = list(_rows(query, self._width))
        return {passage: [self._best(row, passage) for row in wanted] for passage in passages}

    def _best(self, wanted: Levels, passage: int) -> float:
        rows = _rows(self._passages[passage], self._width)
        return max((_cosine(wanted, row) for row in rows), default=0.0)


class MemoryTokenVectors:
    def __init__(self) -> None:
        self.versions: dict[ContentVersion, tuple[str, MemoryBookTokens]] = {}

    async def put(
        self,
        version: ContentVersion,
        model: str,
        width: int,
        passages: AsyncIterator[Sequence[Levels]],
    ) -> None:
        self.versions.pop(version, None)
        levels = [of_one async for some in passages for of_one in some]
        self.versions[version] = (model, MemoryBookTokens(levels, width))

    async def read(self, version: ContentVersion, model: str, width: int) -> BookTokens | None:
        kept, tokens = self.versions.get(version, ("", None))
        return tokens if kept == model else None

    async def has(self, version: ContentVersion, model: str) -> bool:
        return self.versions.get(version, ("", None))[0] == model

    async def delete(self, version: ContentVersion) -> None:
        self.versions.pop(version, None)


def _rows(levels: Levels, width: int) -> Iterator[Levels]:
    return (levels[start : start + width] for start in range(0, len(levels), width))


def _cosine(a: Levels, b: Levels) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / UNIT**2
