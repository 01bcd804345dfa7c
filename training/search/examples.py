"""What the learned part of the ranking sees of each question's pool, and which of it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder
from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from application import hybrid_search
from application.hybrid_search import SearchRequest
from application.ports.token_vectors import UNIT
from benchmarks.embedded_library import Record
from benchmarks.question_books import QuestionBooks
from domain import ranking, signals
from domain.book import ContentVersion
from domain.ranking import ADAPTED, POOL, Evidence
from domain.span import Span

Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

MARGINS = tuple(ADAPTED)  # features that the heads make: learned from, not given


@dataclass(frozen=True, slots=True)
class BookVectors:
    """Of all passages of a book: `rows` [passages, longest, width], unit vectors, and which are
    `there` [passages, longest]."""

    rows: Rows
    there: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a head is learned from: of a question its `states` [tokens, 384] and the `rarities`
    [tokens] of its words, and the passages of its book. `pool` [pool]: which of them; `beside`
    [pool, 2]: those beside each, -1 where there is none."""

    states: Rows
    rarities: Rows
    book: BookVectors
    pool: Places
    beside: Places


@dataclass(frozen=True, slots=True)
class Example:
    """One question: its pool in the order set by hand, [passages, features], and which passages
    hold the answer. `tokens`: None without token vectors."""

    rows: Rows
    right: npt.NDArray[np.bool_]
    tokens: Tokens | None


class Examples:
    """Of one library, with token vectors or without."""

    def __init__(self, books: QuestionBooks, encoder: MiniLmEncoder, *, with_tokens: bool) -> None:
        self._books = books
        self._encoder = encoder
        self._with_tokens = with_tokens
        self._search = books.search(with_tokens=with_tokens, learned=None)
        self.names: tuple[str, ...] = ()

    async def of(self, version: ContentVersion, questions: Sequence[Record]) -> list[Example]:
        book = book_vectors(await self._books.tokens(version))
        found = [await self._example(version, book, question) for question in questions]
        return [example for example in found if example is not None]

    async def _example(
        self, version: ContentVersion, book: BookVectors, question: Record
    ) -> Example | None:
        """None where no passage of the pool is right, or nothing was put in order."""
        kept: list[tuple[Evidence, list[int]]] = []

        def keep(*arguments: Any) -> list[int]:
            book_terms, query, cosines, candidates, up_to, matches, _, other_names = arguments
            evidence = ranking.evidence_of(book_terms, query, cosines, up_to, matches, other_names)
            order = ranking.by_hand(evidence, candidates)
            kept.append((evidence, order[:POOL]))
            return order

        request = SearchRequest(version, question["question"], limit=POOL)
        with mock.patch.object(hybrid_search, "ranked", keep):
            hits = (await self._search.search(request)).hits
        if not kept:
            return None
        evidence, pool = kept[0]
        features = ranking.features_of(evidence, pool)
        self.names = self.names or tuple(
            name for name in features[0] if not name.startswith(MARGINS)
        )
        gold = [Span(g["start"], g["end"]) for g in question["gold"]]
        right = np.array([any(_answers(hit.passage.span, g) for g in gold) for hit in hits])
        if not right.any():
            return None
        rows = np.array([[row[name] for name in self.names] for row in features], np.float32)
        return Example(rows, right, self._tokens(question["question"], evidence, pool, book))

    def _tokens(
        self, question: str, evidence: Evidence, pool: Sequence[int], book: BookVectors
    ) -> Tokens | None:
        if evidence.matches is None:
            return None
        terms, passages = evidence.book, evidence.passages
        words = evidence.matches.adapted.words
        beside = np.full((len(pool), 2), -1, np.int64)
        for row, passage in enumerate(pool):
            there = terms.beside(passage, passages)
            beside[row, : len(there)] = there
        return Tokens(
            states=self._encoder.states(question)[: len(words)],
            rarities=np.array(signals.token_rarities(terms, words, passages), np.float32),
            book=book,
            pool=np.array(pool, np.int64),
            beside=beside,
        )


def book_vectors(book: NumpyBookTokens) -> BookVectors:
    passages = [book.rows(range(n, n + 1)) for n in range(len(book))]
    rows = np.zeros((len(passages), max(map(len, passages)), passages[0].shape[1]), np.float32)
    there = np.zeros(rows.shape[:2], bool)
    for place, levels in enumerate(passages):
        rows[place, : len(levels)] = levels / np.float32(UNIT)
        there[place, : len(levels)] = True
    return BookVectors(rows, there)


def _answers(passage: Span, gold: Span) -> bool:
    """Half of the shorter one lies in both, and not a sliver."""
    shared = min(passage.end, gold.end) - max(passage.start, gold.start)
    return shared >= max(0.5 * min(len(passage), len(gold)), min(100, 0.5 * len(gold)))
