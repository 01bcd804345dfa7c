"""What speaks for a passage: each signal gives scores to the passages that were read.

The words of a query are looked for in a passage, side by side, and in the scene around it, each
time weighed by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009). Signals of words take the first so many passages of a book and know no others.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from domain.book_terms import BookTerms
from domain.fusion import Scores

SATURATION = 1.2  # k1 of BM25: how soon a repeated word stops adding
LENGTH_SHARE = 0.5  # b of BM25: how far a long text is marked down for its length

WordSignal = Callable[[BookTerms, Sequence[str], int], Scores]


def words(book: BookTerms, query: Sequence[str], passages: int) -> Scores:
    """The query's terms in each passage and its context."""
    text, context = book.text, book.context
    found = []
    for term in query:
        counts = Counter(text.passages_with(term, passages))
        counts.update(context.passages_with(term, passages))
        found.append(counts)
    mean = (text.start(passages) + context.start(passages)) / max(1, passages)
    return _bm25(found, passages, lambda p: (text.length(p) + context.length(p)) / mean)


def pairs(book: BookTerms, query: Sequence[str], passages: int) -> Scores:
    """Neighbours in the query that are neighbours in the text too, stop words aside."""
    text = book.text
    found = []
    for first, second in pairwise(query):
        before_second = {p - 1 for p in text.positions(second, passages)}
        found.append(
            Counter(
                text.passage_of(position)
                for position in text.positions(first, passages)
                if position in before_second
            )
        )
    return _bm25(found, passages, lambda _: 1.0)


def scenes(book: BookTerms, query: Sequence[str], passages: int) -> Scores:
    """The query's terms in each passage and those beside it."""
    text = book.text

    @cache
    def scene(middle: int) -> list[int]:
        return [middle, *book.beside(middle, passages)]

    found = []
    for term in query:
        counts: Counter[int] = Counter()
        for passage, count in Counter(text.passages_with(term, passages)).items():
            for middle in scene(passage):
                counts[middle] += count
        found.append(counts)
    mean = 3 * text.start(passages) / max(1, passages)
    return _bm25(found, passages, lambda m: sum(map(text.length, scene(m))) / mean)


def nearness(cosines: Scores) -> Scores:
    """How much nearer in meaning each candidate is than the farthest of them."""
    farthest = min(cosines.values(), default=0.0)
    return {passage: cosine - farthest for passage, cosine in cosines.items()}


def neighbours(book: BookTerms, scores: Scores, passages: int) -> Scores:
    """For each passage the higher score of those beside it: what answers a question seldom stands
    alone."""
    found: dict[int, float] = {}
    for passage, score in scores.items():
        for beside in book.beside(passage, passages):
            found[beside] = max(score, found.get(beside, 0.0))
    return found


def _bm25(
    found: Iterable[Mapping[int, int]], units: int, relative_length: Callable[[int], float]
) -> Scores:
    """`found`: for each term of the query, how often each unit (passage, scene) has it."""
    scores: dict[int, float] = defaultdict(float)
    norms: dict[int, float] = {}
    for counts in found:
        rarity = math.log(1 + (units - len(counts) + 0.5) / (len(counts) + 0.5))
        for unit, count in counts.items():
            if unit not in norms:
                share = 1 - LENGTH_SHARE + LENGTH_SHARE * relative_length(unit)
                norms[unit] = SATURATION * share
            scores[unit] += rarity * count * (SATURATION + 1) / (count + norms[unit])
    return scores
