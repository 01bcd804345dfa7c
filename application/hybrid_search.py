"""Find passages by their words and by their meaning at once, in one order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.embedder import Embedder
from application.ports.keyword_index import KeywordIndex
from application.ports.metrics import Metrics, SearchLeg
from application.ports.passage_repository import PassageRepository
from application.ports.reranker import Reranker
from application.ports.vector_index import VectorIndex
from application.terms_of_books import TermsOfBooks
from domain.book import BookLayout, ContentVersion
from domain.errors import FalsafaError, InvalidQuery, StoreUnavailable, Unavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.passage import Passage, SearchHit, SearchResult
from domain.ranking import ranked
from domain.span import Span
from domain.terms import occurrences, terms

T = TypeVar("T")

MAX_QUERY_CHARACTERS = 2_000
CANDIDATES = 100  # of each leg
LONGEST_LEG = 15.0  # seconds; adapters give up sooner, each at what it waits for
RERANKED = 50  # of our own order, given to a reranker


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`query` is searched by meaning; `keywords`, if they differ, by words."""

    version: ContentVersion
    query: str
    up_to: Frontier = WHOLE_BOOK
    limit: int = 10
    keywords: str | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the two legs found: cosines by passage, passages by words, what was missing."""

    cosines: dict[int, float]
    by_words: tuple[int, ...]
    signals: tuple[str, ...]
    degraded: tuple[str, ...]


class HybridSearch:
    def __init__(
        self,
        *,
        books: BookRepository,
        casts: CastRepository,
        passages: PassageRepository,
        embedder: Embedder,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        metrics: Metrics,
        reranker: Reranker | None = None,
    ) -> None:
        self._books = books
        self._casts = casts
        self._passages = passages
        self._embedder = embedder
        self._vectors = vectors
        self._keywords = keywords
        self._metrics = metrics
        self._reranker = reranker
        self._terms = TermsOfBooks(passages)

    async def search(self, request: SearchRequest) -> SearchResult:
        """Passages that end before the frontier, best first; a query without a letter or a
        figure finds none.

        Raises InvalidQuery; TextNotFound if the version has no text; StoreUnavailable if both
        legs fail, or the passages cannot be read.
        """
        started = time.perf_counter()
        _check(request)
        if not any(c.isalnum() for c in request.query):
            return SearchResult(hits=())
        found, layout, cast_revision = await asyncio.gather(
            self._find(request),
            self._books.layout(request.version),
            self._casts.revision(request.version),
        )
        order = await self._order(request, found, layout, cast_revision)
        result = await self._result(request, found, layout, order)
        self._metrics.searched(time.perf_counter() - started, degraded=bool(result.degraded))
        return result

    async def _find(self, request: SearchRequest) -> _Found:
        """Both legs at once. Where one fails, the other answers."""
        meaning, words = await asyncio.gather(
            _outcome(self._by_meaning(request)), _outcome(self._by_words(request))
        )
        legs: tuple[tuple[SearchLeg, object, str], ...] = (
            ("vectors", meaning, "words"),
            ("keywords", words, "meaning"),
        )
        signals, degraded = [], []
        for name, outcome, other in legs:
            if isinstance(outcome, FalsafaError):
                self._metrics.search_degraded(name)
                degraded.append(f"Searched by {other} alone. {outcome.message}")
            else:
                signals.append(name)
        if isinstance(meaning, FalsafaError) and isinstance(words, FalsafaError):
            raise StoreUnavailable(
                f"The book cannot be searched now. {meaning.message} {words.message}"
            ) from words
        return _Found(
            cosines={} if isinstance(meaning, FalsafaError) else meaning,
            by_words=() if isinstance(words, FalsafaError) else words,
            signals=tuple(signals),
            degraded=tuple(degraded),
        )

    async def _by_meaning(self, request: SearchRequest) -> dict[int, float]:
        (vector,) = await self._embedder.embed([request.query], "query")
        candidates = await self._vectors.search(
            request.version,
            vector,
            self._embedder.model,
            request.up_to,
            max(CANDIDATES, request.limit),
        )
        return {c.passage_index: c.score for c in candidates}

    async def _by_words(self, request: SearchRequest) -> tuple[int, ...]:
        candidates = await self._keywords.search(
            request.version,
            _keywords(request),
            request.up_to,
            max(CANDIDATES, request.limit),
        )
        return tuple(c.passage_index for c in candidates)

    async def _order(
        self, request: SearchRequest, found: _Found, layout: BookLayout, cast_revision: str
    ) -> list[int]:
        book = await self._terms.of(request.version, layout, cast_revision)
        candidates = {*found.cosines, *found.by_words}
        query = terms(_keywords(request))
        return ranked(book, query, found.cosines, candidates, request.up_to)

    async def _result(
        self, request: SearchRequest, found: _Found, layout: BookLayout, order: Sequence[int]
    ) -> SearchResult:
        wanted = order[: max(RERANKED, request.limit) if self._reranker else request.limit]
        there = await self._passages.get(request.version, wanted, request.up_to)
        passages = [there[index] for index in wanted if index in there]
        signals, degraded = found.signals, found.degraded
        if self._reranker and passages:
            outcome = await _outcome(self._reranker.rerank(request.query, passages, request.limit))
            if isinstance(outcome, FalsafaError):
                self._metrics.search_degraded("reranker")
                degraded += (f"Not reranked. {outcome.message}",)
            else:
                signals += ("reranker",)
                passages = [passages[place] for place in outcome]
        return SearchResult(
            hits=_hits(passages[: request.limit], request, layout),
            signals=signals,
            degraded=degraded,
        )


def _check(request: SearchRequest) -> None:
    for words in (request.query, _keywords(request)):
        if not words.strip():
            raise InvalidQuery("Say what to look for: the query is empty.")
        if len(words) > MAX_QUERY_CHARACTERS:
            raise InvalidQuery(
                f"The query has {len(words):,} characters; give at most {MAX_QUERY_CHARACTERS:,}."
            )


def _keywords(request: SearchRequest) -> str:
    return request.query if request.keywords is None else request.keywords


async def _outcome(work: Awaitable[T]) -> T | FalsafaError:
    """What fails, and what stalls, is told instead of raised."""
    try:
        async with asyncio.timeout(LONGEST_LEG):
            return await work
    except FalsafaError as error:
        return error
    except TimeoutError:
        return Unavailable("It took too long.")


def _hits(
    passages: Sequence[Passage], request: SearchRequest, layout: BookLayout
) -> tuple[SearchHit, ...]:
    wanted = frozenset(terms(_keywords(request)))
    return tuple(
        SearchHit(
            rank=rank,
            passage=passage,
            chapter_title=_title(passage, layout, request.up_to),
            highlights=_highlights(passage, wanted),
        )
        for rank, passage in enumerate(passages, 1)
    )


def _title(passage: Passage, layout: BookLayout, up_to: Frontier) -> str:
    chapter = layout.chapter_at(passage.span.start)
    return chapter.full_title if chapter and up_to.knows(chapter.known_from) else ""


def _highlights(passage: Passage, wanted: frozenset[str]) -> tuple[Span, ...]:
    start = passage.span.start
    return tuple(Span(start + s.start, start + s.end) for s in occurrences(passage.text, wanted))
