"""What speaks for a passage: each signal gives scores to the passages that were read.

The words of a query are looked for in a passage, side by side, in the scene around it and in its
chapter, each time weighed by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework:
BM25 and Beyond", 2009); its tokens are compared with those of the passages. Both take the first so
many passages of a book and know no others.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import mul

from domain.book_terms import BookTerms
from domain.fusion import Scores
from domain.terms import term_of
from domain.token_matches import AdaptedMatches, Cosines

SATURATION = 1.2  # k1 of BM25: how soon a repeated word stops adding
LENGTH_SHARE = 0.5  # b of BM25: how far a long text is marked down for its length
BESIDE = 0.85  # what a token's match in the next passage is worth of one in the passage itself

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
    found = []
    for term in query:
        counts: dict[int, int] = defaultdict(int)
        for passage, count in Counter(text.passages_with(term, passages)).items():
            for middle in (passage, *book.beside(passage, passages)):
                counts[middle] += count
        found.append(counts)
    mean = 3 * text.start(passages) / max(1, passages)

    def relative_length(middle: int) -> float:
        scene = (middle, *book.beside(middle, passages))
        return (text.start(max(scene) + 1) - text.start(min(scene))) / mean

    return _bm25(found, passages, relative_length)


def chapters(book: BookTerms, query: Sequence[str], passages: int) -> Scores:
    """The query's terms in the whole chapter, as far as it was read."""
    text = book.text
    spans = book.chapter_spans(passages)
    found = []
    for term in query:
        found.append(Counter(map(book.chapter, text.passages_with(term, passages))))
    mean = text.start(passages) / max(1, len(spans))
    lengths = {c: text.start(s.stop) - text.start(s.start) for c, s in spans.items()}
    scores = _bm25(found, len(spans), lambda chapter: lengths[chapter] / mean)
    return {p: score for chapter, score in scores.items() for p in spans[chapter]}


def nearness(cosines: Scores) -> Scores:
    """How much nearer in meaning each candidate is than the farthest of them."""
    return _above_the_least(cosines)


def best_matches(book: BookTerms, cosines: Cosines, passages: int, beside: float) -> Cosines:
    """For each token of the query its best match in a passage or, worth `beside` of its cosine, in
    those beside it."""
    own = {p: row for p, row in cosines.items() if p < passages}
    if not beside:
        return own
    faded = {passage: [beside * cosine for cosine in row] for passage, row in own.items()}
    found: dict[int, Sequence[float]] = {}
    for passage, row in own.items():
        rows = [faded[p] for p in book.beside(passage, passages) if p in faded]
        found[passage] = list(map(max, row, *rows)) if rows else row
    return found


def token_rarities(book: BookTerms, words: Sequence[str], passages: int) -> list[float]:
    """What each token weighs: the rarity of its word, shared among the word's pieces; 1 in all. A
    token of no word weighs nothing."""
    pieces = Counter(words)
    shares = {w: _rarity(book, term_of(w), passages) / pieces[w] if w else 0.0 for w in pieces}
    return _of_one([shares[word] for word in words])


def late_interaction(best: Cosines, weights: Sequence[float]) -> Scores:
    """How near the tokens of the query come to what stands in a passage, in the weighted mean.

    Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
    Interaction over BERT", 2020. As in `nearness`, counted from the farthest.
    """
    return _above_the_least({p: sum(map(mul, weights, row)) for p, row in best.items()})


def covered(best: Cosines, weights: Sequence[float], at_least: float) -> Scores:
    """The share of the query, by weight, whose tokens have a match that is near enough."""
    return {
        passage: sum(w for w, cosine in zip(weights, row, strict=True) if cosine >= at_least)
        for passage, row in best.items()
    }


def adapted_weights(book: BookTerms, matches: AdaptedMatches, passages: int) -> list[list[float]]:
    """[heads][tokens]: what each head lets the tokens that it moved weigh; 1 in all."""
    rarities = token_rarities(book, matches.words, passages)
    return [
        _of_one([r * f + s for r, f, s in zip(rarities, factors, shares, strict=True)])
        for factors, shares in zip(matches.factors, matches.shares, strict=True)
    ]


def adapted(best: Cosines, weights: Sequence[Sequence[float]]) -> list[Scores]:
    """By head: how near the tokens come that it moved to where an answer stands, in the mean by its
    `weights` and as it is. `best`: of the first head's tokens, then of the next one's."""
    found: list[Scores] = []
    for head, own in enumerate(weights):
        tokens = slice(head * len(own), (head + 1) * len(own))
        found.append({p: sum(map(mul, own, row[tokens])) for p, row in best.items()})
    return found


def neighbours(book: BookTerms, scores: Scores, passages: int) -> Scores:
    """For each passage the higher score of those beside it: what answers a question seldom stands
    alone."""
    found: dict[int, float] = {}
    for passage, score in scores.items():
        for beside in book.beside(passage, passages):
            found[beside] = max(score, found.get(beside, 0.0))
    return found


def _of_one(weights: Sequence[float]) -> list[float]:
    """In the same proportions, 1 in all."""
    total = sum(weights) or 1.0
    return [weight / total for weight in weights]


def _rarity(book: BookTerms, term: str, passages: int) -> float:
    return _inverse_frequency(len(set(book.text.passages_with(term, passages))), passages)


def _inverse_frequency(units_with: int, units: int) -> float:
    return math.log(1 + (units - units_with + 0.5) / (units_with + 0.5))


def _above_the_least(scores: Scores) -> Scores:
    least = min(scores.values(), default=0.0)
    return {passage: score - least for passage, score in scores.items()}


def _bm25(
    found: Iterable[Mapping[int, int]], units: int, relative_length: Callable[[int], float]
) -> Scores:
    """`found`: for each term of the query, how often each unit (passage, scene) has it."""
    scores: dict[int, float] = defaultdict(float)
    norms: dict[int, float] = {}
    for counts in found:
        rarity = _inverse_frequency(len(counts), units)
        for unit, count in counts.items():
            if unit not in norms:
                share = 1 - LENGTH_SHARE + LENGTH_SHARE * relative_length(unit)
                norms[unit] = SATURATION * share
            scores[unit] += rarity * count * (SATURATION + 1) / (count + norms[unit])
    return scores
