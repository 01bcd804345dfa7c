"""What the learned part of the ranking sees of each question's pool, and which of it is right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from application.hybrid_search import HybridSearch, SearchRequest
from benchmarks.question_books import QuestionBooks, Record
from domain.book import ContentVersion
from domain.features import Features
from domain.ranking import POOL, Learned
from domain.span import Span

Rows = npt.NDArray[np.float32]  # [passages, features]


@dataclass(frozen=True, slots=True)
class Example:
    """One question: its pool in the order set by hand, and which passages hold the answer."""

    rows: Rows
    right: npt.NDArray[np.bool_]


@dataclass(slots=True)
class Recorder:
    """Stands where a network does, and leaves the order as it is."""

    seen: list[Features] = field(default_factory=list)

    def score(self, inputs: Features) -> float:
        self.seen.append(inputs)
        return 0.0


class Examples:
    """Of one library, with token vectors or without."""

    def __init__(self, books: QuestionBooks, *, with_tokens: bool) -> None:
        self._recorder = Recorder()
        learned = Learned(with_tokens=self._recorder, without=self._recorder)
        self._search = books.search(with_tokens=with_tokens, learned=learned)
        self.names: tuple[str, ...] = ()

    async def of(self, version: ContentVersion, questions: Sequence[Record]) -> list[Example]:
        found = [await self._example(self._search, version, q) for q in questions]
        return [example for example in found if example is not None]

    async def _example(
        self, search: HybridSearch, version: ContentVersion, question: Record
    ) -> Example | None:
        """None where no passage of the pool is right, or nothing was put in order."""
        self._recorder.seen.clear()
        request = SearchRequest(version, question["question"], limit=POOL)
        hits = (await search.search(request)).hits
        features = list(self._recorder.seen)
        if not features:
            return None
        self.names = self.names or tuple(features[0])
        gold = [Span(g["start"], g["end"]) for g in question["gold"]]
        right = np.array([any(_answers(hit.passage.span, g) for g in gold) for hit in hits])
        if not right.any():
            return None
        rows = np.array([[row[name] for name in self.names] for row in features], np.float32)
        return Example(rows, right)


def _answers(passage: Span, gold: Span) -> bool:
    """Half of the shorter one lies in both, and not a sliver."""
    shared = min(passage.end, gold.end) - max(passage.start, gold.start)
    return shared >= max(0.5 * min(len(passage), len(gold)), min(100, 0.5 * len(gold)))
