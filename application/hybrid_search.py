"""Find passages by their words and by their meaning at once, in one order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from application.late_interaction import LateInteraction
from application.names_of_books import NamesOfBooks
from application.ports.book_repository import BookRepository
from application.ports.cast_repository import CastRepository
from application.ports.embedder import Embedder
from application.ports.keyword_index import KeywordIndex
from application.ports.metrics import Metrics
from application.ports.passage_repository import PassageRepository
from application.ports.reranker import Reranker
from application.ports.token_vectors import BookTokens
from application.ports.vector_index import VectorIndex
from application.search_legs import Found, SearchLegs, outcome_of
from application.terms_of_books import TermsOfBooks
from domain.book import BookLayout, ContentVersion
from domain.book_terms import BookTerms
from domain.errors import FalsafaError, InvalidQuery
from domain.frontier import WHOLE_BOOK, Frontier
from domain.other_names import OtherNames
from domain.passage import Passage, SearchHit, SearchResult
from domain.ranking import Learned, ranked
from domain.span import Span
from domain.terms import occurrences, terms
from domain.token_matches import TokenMatches

MAX_QUERY_CHARACTERS = 2_000
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
class _Opened:
    """A book as the ranking needs it. `tokens`: None where it has none; what went wrong where they
    cannot be read."""

    layout: BookLayout
    terms: BookTerms
    names: OtherNames
    tokens: BookTokens | FalsafaError | None


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
        late_interaction: LateInteraction | None = None,
        learned: Learned | None = None,
    ) -> None:
        self._books = books
        self._casts = casts
        self._passages = passages
        self._metrics = metrics
        self._reranker = reranker
        self._late_interaction = late_interaction
        self._learned = learned
        self._legs = SearchLegs(
            embedder=embedder,
            vectors=vectors,
            keywords=keywords,
            metrics=metrics,
            late_interaction=late_interaction,
        )
        self._terms = TermsOfBooks(passages)
        self._names = NamesOfBooks(casts)

    @property
    def terms_nbytes(self) -> int:
        """What the terms of the books that were searched lately take in memory."""
        return self._terms.nbytes

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
        found, book = await asyncio.gather(
            self._legs.find(
                request.version,
                request.query,
                _keywords(request),
                request.up_to,
                request.limit,
            ),
            self._open(request.version),
        )
        visible = book.terms.visible(request.up_to)
        candidates = [p for p in {*found.cosines, *found.by_words} if p < visible]
        matches = await self._matches(
            request.query, found, book, book.terms.with_those_beside(candidates, visible)
        )
        query = terms(_keywords(request))
        # In a thread: whoever else is served meanwhile need not wait while it counts.
        order = await asyncio.to_thread(
            ranked,
            book.terms,
            query,
            found.cosines,
            candidates,
            request.up_to,
            matches,
            self._learned,
            book.names.of(query, request.up_to),
        )
        signals, degraded = found.signals, found.degraded
        if matches is not None:
            signals += ("tokens",)
        elif isinstance(book.tokens, FalsafaError):
            self._metrics.search_degraded("tokens")
            degraded += (f"Ordered without the vectors of its words. {book.tokens.message}",)
        result = await self._result(request, book.layout, order, signals, degraded)
        self._metrics.searched(time.perf_counter() - started, degraded=bool(result.degraded))
        return result

    async def _open(self, version: ContentVersion) -> _Opened:
        layout, cast_revision = await asyncio.gather(
            self._books.layout(version), self._casts.revision(version)
        )
        terms_of_book, names, tokens = await asyncio.gather(
            self._terms.of(version, layout, cast_revision),
            self._names.of(version, layout, cast_revision),
            self._tokens(version, layout),
        )
        return _Opened(layout, terms_of_book, names, tokens)

    async def _tokens(
        self, version: ContentVersion, layout: BookLayout
    ) -> BookTokens | FalsafaError | None:
        if self._late_interaction is None:
            return None
        return await outcome_of(self._late_interaction.book(version, layout))

    async def _matches(
        self, query: str, found: Found, book: _Opened, passages: Sequence[int]
    ) -> TokenMatches | None:
        """None without token vectors, of the query or of the book."""
        if self._late_interaction is None or found.encoded is None:
            return None
        if book.tokens is None or isinstance(book.tokens, FalsafaError):
            return None
        return await self._late_interaction.matches(book.tokens, query, found.encoded, passages)

    async def _result(
        self,
        request: SearchRequest,
        layout: BookLayout,
        order: Sequence[int],
        signals: tuple[str, ...],
        degraded: tuple[str, ...],
    ) -> SearchResult:
        wanted = order[: max(RERANKED, request.limit) if self._reranker else request.limit]
        there = await self._passages.get(request.version, wanted, request.up_to)
        passages = [there[index] for index in wanted if index in there]
        if self._reranker and passages:
            outcome = await outcome_of(
                self._reranker.rerank(request.query, passages, request.limit)
            )
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


def _hits(
    passages: Sequence[Passage], request: SearchRequest, layout: BookLayout
) -> tuple[SearchHit, ...]:
    wanted = frozenset(terms(_keywords(request)))
    return tuple(
        SearchHit.of(rank, passage, layout, request.up_to, _highlights(passage, wanted))
        for rank, passage in enumerate(passages, 1)
    )


def _highlights(passage: Passage, wanted: frozenset[str]) -> tuple[Span, ...]:
    start = passage.span.start
    return tuple(Span(start + s.start, start + s.end) for s in occurrences(passage.text, wanted))
