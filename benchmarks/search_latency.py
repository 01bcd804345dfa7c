"""What a search costs beyond its parts, and what a larger library costs it.

    python -m benchmarks.search_latency --data DIR [--books 500] [--searches 600]

`DIR` holds books.jsonl and questions.jsonl. The book that comes nearest to 1,000 passages is
indexed by the product's own path into the embedded stores, and its questions are asked over and
over. Each whole search is followed by its raw parts, one after another: the query through the
model, both legs at once, late interaction over the same passages, the ranker. Then the library
grows to `--books` (copies of the book's first passages), and the same is measured again; last,
every search is of another book, so that nothing of it is in memory.

Prints milliseconds, the ratio of the whole to its parts, and what the caches hold.
"""

import argparse
import asyncio
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder
from adapters.outbound.embedding.query_heads import SHIPPED_HEADS
from adapters.outbound.reranking.learned_order import load_learned
from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from application import hybrid_search
from application.blob_keys import token_blobs
from application.hybrid_search import SearchRequest
from application.search_legs import CANDIDATES
from benchmarks.embedded_library import EmbeddedLibrary, records
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId

PASSAGES = 1000
CHARACTERS_A_PASSAGE = 850  # about: to choose a book by its length
COPIED = 250  # passages of each book that only fills the library
PARTS = ("query encoding", "both legs", "late interaction", "ranker")


@dataclass
class Times:
    """Milliseconds of whole searches, and of the parts of each."""

    whole: list[float] = field(default_factory=list)
    parts: list[tuple[float, ...]] = field(default_factory=list)

    def print(self, title: str) -> None:
        p50, p99 = statistics.median(self.whole), _p99(self.whole)
        line = f"{title:34} p50 {p50:6.2f} ms  p99 {p99:6.2f} ms ({p99 / p50:.1f} x)"
        if self.parts:
            raw = statistics.median(map(sum, self.parts))
            line += f"  parts {raw:6.2f} ms  ratio {p50 / raw:.2f}"
            medians = map(statistics.median, zip(*self.parts, strict=True))
            told = (f"{name} {ms:.2f}" for name, ms in zip(PARTS, medians, strict=True))
            line += f"  ({', '.join(told)})"
        print(line, flush=True)


class Library(EmbeddedLibrary):
    """One that can grow without reading books, and searches as the product does."""

    def __init__(self, folder: Path, embedder: MiniLmEmbedder) -> None:
        super().__init__(folder, embedder)
        self.hybrid_search = self.search(self.late_interaction, load_learned())

    async def copy(self, old: ContentVersion, new: ContentVersion) -> None:
        """Its first passages; of the token vectors another name for the same file."""
        await self.books.put_layout(new, await self.books.layout(old))
        await self.casts.put(new, await self.casts.whole(old))
        passages = await self.passages.all(old, WHOLE_BOOK)
        await self.passages.put(new, passages[:COPIED])
        await self.keywords.create(new)
        await self.keywords.upsert(new, passages[:COPIED])
        await self.vectors.create(new, self.embedder.model, self.embedder.dimension)
        async with self.database.write() as connection:
            await connection.execute(
                "INSERT INTO vectors (book_id, version, key, passage, end_offset, vector)"
                " SELECT ?, ?, key, passage, end_offset, vector FROM vectors"
                " WHERE (book_id, version) = (?, ?) AND passage < ?",
                (new.book_id, new.number, old.book_id, old.number, COPIED),
            )
        place = self.folder / "blobs" / token_blobs(new) / self.embedder.encoding
        place.parent.mkdir(parents=True)
        os.link(self.folder / "blobs" / token_blobs(old) / self.embedder.encoding, place)

    def in_memory(self) -> str:
        tokens, terms_ = self.late_interaction.nbytes, self.hybrid_search.terms_nbytes
        return f"token vectors {tokens / 1e6:.1f} MB, terms {terms_ / 1e6:.1f} MB"


class Recorded:
    """A function in the place of itself that keeps what it was first called with since `forget`, to
    call it again by itself."""

    def __init__(self, holder: object, name: str) -> None:
        self._function: Callable[..., object] = getattr(holder, name)
        self._arguments: tuple[object, ...] | None = None
        # A plain function, so that it becomes a method where its holder is a class.
        setattr(holder, name, lambda *arguments: self._called(*arguments))

    def forget(self) -> None:
        self._arguments = None

    def again(self) -> None:
        assert self._arguments is not None
        self._function(*self._arguments)

    def _called(self, *arguments: object) -> object:
        if self._arguments is None:
            self._arguments = arguments
        return self._function(*arguments)


class RawParts:
    """What a search is made of, without what puts it together."""

    def __init__(self, library: Library, version: ContentVersion) -> None:
        self._library = library
        self._version = version
        self._encoder = MiniLmEncoder(library.folder / "models")
        # Its first call is of all candidates; another, of what the heads moved, is the ranker's.
        self._late_interaction = Recorded(NumpyBookTokens, "nearest")
        self._ranker = Recorded(hybrid_search, "ranked")

    def forget(self) -> None:
        """Before a search."""
        self._late_interaction.forget()
        self._ranker.forget()

    async def time(self, query: str) -> tuple[float, ...]:
        """Milliseconds of each of PARTS, of the search that was just made."""
        (vector,) = await self._library.embedder.embed([query], "query")
        encoding = _timed(lambda: self._encoder.encode_query(query, SHIPPED_HEADS))
        started = time.perf_counter()
        await asyncio.gather(
            self._library.vectors.search(
                self._version, vector, self._library.embedder.model, WHOLE_BOOK, CANDIDATES
            ),
            self._library.keywords.search(self._version, query, WHOLE_BOOK, CANDIDATES),
        )
        legs = 1000 * (time.perf_counter() - started)
        return encoding, legs, _timed(self._late_interaction.again), _timed(self._ranker.again)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--books", type=int, default=500)
    parser.add_argument("--searches", type=int, default=600)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder), arguments))


async def _run(folder: Path, arguments: argparse.Namespace) -> None:
    book = min(
        records(arguments.data / "books.jsonl"),
        key=lambda b: abs(len(b["text"]) - PASSAGES * CHARACTERS_A_PASSAGE),
    )
    questions = [
        record["question"]
        for record in records(arguments.data / "questions.jsonl")
        if record["book"] == book["book"]
    ]
    embedder = MiniLmEmbedder(folder / "models")
    library = Library(folder, embedder)
    version, count = await library.add(book)
    print(f"{book['book']}: {count:,} passages, {_megabytes(folder / 'blobs')} of token vectors")
    raw = RawParts(library, version)
    queries = [questions[n % len(questions)] for n in range(arguments.searches)]
    await _measured(library, version, queries[: len(questions)], raw)  # all is warm from here on
    (await _measured(library, version, queries, raw)).print("one book")
    print(f"caches: {library.in_memory()}, resident {_resident()}")

    others = [ContentVersion(BookId(f"copy-{n}"), 1) for n in range(arguments.books - 1)]
    for other in others:
        await library.copy(version, other)
    (await _measured(library, version, queries, raw)).print(f"the same among {arguments.books:,}")
    if others:
        cold = Times()
        for place, query in enumerate(queries):
            other = others[place % len(others)]
            cold.whole.append(await _searched(library, other, query))
        cold.print("each search of another book")
        print(f"caches: {library.in_memory()}, resident {_resident()}")
    await embedder.aclose()
    await library.aclose()


async def _measured(
    library: Library, version: ContentVersion, queries: Sequence[str], raw: RawParts
) -> Times:
    times = Times()
    gc.collect()
    for query in queries:
        raw.forget()
        times.whole.append(await _searched(library, version, query))
        times.parts.append(await raw.time(query))
    return times


async def _searched(library: Library, version: ContentVersion, query: str) -> float:
    started = time.perf_counter()
    result = await library.hybrid_search.search(SearchRequest(version, query))
    elapsed = 1000 * (time.perf_counter() - started)
    if "tokens" not in result.signals or result.degraded:
        raise SystemExit(f"a search was not whole: {result.signals}, {result.degraded}")
    return elapsed


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _p99(values: Sequence[float]) -> float:
    return sorted(values)[int(0.99 * len(values))]


def _megabytes(folder: Path) -> str:
    return f"{sum(p.stat().st_size for p in folder.rglob('*') if p.is_file()) / 1e6:.1f} MB"


def _resident() -> str:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
