"""Passages: the pieces of a book that are searched, shown to a model, and cited."""

from __future__ import annotations

from dataclasses import dataclass

from domain.book import BookLayout
from domain.epub_locator import EpubLocator, locate
from domain.frontier import Frontier
from domain.span import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of one chapter, small enough to read at a glance."""

    index: int  # counts through one content version from 0; its id in every store
    span: Span
    chapter_index: int
    text: str  # exactly span.of(the canonical text)
    context: str = ""  # words for the search alone: chapter title, names revealed before its start


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage that answers a query. Its rank is told, never a score: in a score stand the
    statistics of the whole book, the unread part too."""

    rank: int  # from 1
    passage: Passage
    chapter_title: str
    highlights: tuple[Span, ...] = ()  # canonical offsets of the words that matched
    epub: EpubLocator | None = None

    @classmethod
    def of(
        cls,
        rank: int,
        passage: Passage,
        layout: BookLayout,
        up_to: Frontier,
        highlights: tuple[Span, ...] = (),
    ) -> SearchHit:
        """With what the book's layout tells of the passage's place to a reader `up_to` there."""
        title = layout.title_at(passage.span.start, up_to)
        return cls(rank, passage, title, highlights, locate(layout, passage.span))


@dataclass(frozen=True, slots=True)
class SearchResult:
    hits: tuple[SearchHit, ...]
    signals: tuple[str, ...] = ()  # what ordered them: "keywords", "vectors", "tokens", "reranker"
    degraded: tuple[str, ...] = ()  # plain words for each part that was missing
