"""Passages: the pieces of a book that are searched, shown to a model, and cited."""

from __future__ import annotations

from dataclasses import dataclass

from domain.epub_locator import EpubLocator
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


@dataclass(frozen=True, slots=True)
class SearchResult:
    hits: tuple[SearchHit, ...]
    signals: tuple[str, ...] = ()  # what ordered them: "keywords", "vectors", "tokens", "reranker"
    degraded: tuple[str, ...] = ()  # plain words for each part that was missing
