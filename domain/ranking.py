"""The whole order of search results: which signals, how much each weighs, and what was learned.

First every candidate gets the weighted sum of the signals. The weights were set by hand on 18 books
(7 collections of tales, 11 novels) and lie on a plain: half or double of any of them changes
little. Then a small network, learned from questions on tales (`make train-search`), puts the best
of them in order by the same signals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain import signals
from domain.book_terms import BookTerms
from domain.features import Features, features
from domain.frontier import Frontier
from domain.fusion import Scores, standard_score_fusion
from domain.token_matches import TokenMatches

WEIGHTS = {
    "words": 0.6,
    "pairs": 0.2,
    "scenes": 0.2,
    "chapters": 0.15,
    "meaning": 0.5,
    "tokens": 1.6,
}
OTHER_NAMES = 0.3  # of those whom the query names
NEIGHBOURS = 0.3  # of a neighbour's score, added to a passage's own
POOL = 40  # of the best by hand, put in order by what was learned
COVERED = 0.8  # cosine of a token that stands for the same thing
# Features made of tokens, each with what a match beside is worth in it.
TOKEN_FEATURES = (("own tokens", "covered", 0.0), ("all tokens", "covered near by", 1.0))
ADAPTED = {"adapted": signals.BESIDE, "own adapted": 0.0}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one query in one book, before a frontier. `signals`: by name; `fused`: their weighted sum.
    `rarities`: of the tokens of `matches`; none without token vectors."""

    book: BookTerms
    passages: int  # that lie before the frontier
    signals: Mapping[str, Scores]
    fused: Scores
    matches: TokenMatches | None
    rarities: Sequence[float]


class Judge(Protocol):
    def score(self, inputs: Features) -> float:
        """The higher, the better the passage answers."""
        ...


@dataclass(frozen=True, slots=True)
class Learned:
    """`with_tokens` where there are token vectors, `without` where there are none."""

    with_tokens: Judge
    without: Judge


def ranked(
    book: BookTerms,
    query: Sequence[str],
    cosines: Scores,
    candidates: Iterable[int],
    up_to: Frontier,
    matches: TokenMatches | None = None,
    learned: Learned | None = None,
    other_names: Sequence[str] = (),
) -> list[int]:
    """The candidates that lie before the frontier, best first.

    `query`: its terms; `cosines`: of the candidates that were found by their meaning; `matches`,
    where there are token vectors: of the candidates and those beside them; `other_names`: terms
    that those whom the query names are called by, too. Nothing beyond the frontier has a part in
    the order.
    """
    evidence = evidence_of(book, query, cosines, up_to, matches, other_names)
    order = by_hand(evidence, candidates)
    if learned is None or not cosines:
        return order  # nothing was learned of a search by words alone
    pool = order[:POOL]
    judge = learned.without if matches is None else learned.with_tokens
    scores = dict(zip(pool, map(judge.score, features_of(evidence, pool)), strict=True))
    return sorted(pool, key=lambda passage: -scores[passage]) + order[POOL:]


def evidence_of(
    book: BookTerms,
    query: Sequence[str],
    cosines: Scores,
    up_to: Frontier,
    matches: TokenMatches | None,
    other_names: Sequence[str] = (),
) -> Evidence:
    passages = book.visible(up_to)
    seen = {passage: cosine for passage, cosine in cosines.items() if passage < passages}
    found: dict[str, Scores] = {
        "words": signals.words(book, query, passages),
        "pairs": signals.pairs(book, query, passages),
        "scenes": signals.scenes(book, query, passages),
        "chapters": signals.chapters(book, query, passages),
        "meaning": signals.nearness(seen),
    }
    rarities: Sequence[float] = ()
    if matches is not None:
        rarities = signals.token_rarities(book, matches.words, passages)
        best = signals.best_matches(book, matches.cosines, passages, signals.BESIDE)
        found["tokens"] = signals.late_interaction(best, rarities)
    weighed = [(WEIGHTS[name], found[name]) for name in found]
    if other_names:
        weighed.append((OTHER_NAMES, signals.words(book, other_names, passages)))
    fused = standard_score_fusion(weighed, passages)
    beside = signals.neighbours(book, fused, passages)
    joined = {
        passage: fused.get(passage, 0.0) + NEIGHBOURS * beside.get(passage, 0.0)
        for passage in {*fused, *beside}
    }
    return Evidence(book, passages, found, joined, matches, rarities)


def by_hand(evidence: Evidence, candidates: Iterable[int]) -> list[int]:
    visible = {candidate for candidate in candidates if candidate < evidence.passages}
    return sorted(visible, key=lambda passage: (-evidence.fused.get(passage, 0.0), passage))


def features_of(evidence: Evidence, pool: Sequence[int]) -> list[Features]:
    """What the judge is given of each passage of the pool."""
    book, matches, passages = evidence.book, evidence.matches, evidence.passages
    compared = {"fused": evidence.fused, **evidence.signals}
    shares: dict[str, Scores] = {}
    margins: dict[str, Scores] = {}
    if matches is not None:
        # Of the pool and those beside it alone: all candidates would take three times as long.
        near = book.with_those_beside(pool, passages)
        known = {p: matches.cosines[p] for p in near if p in matches.cosines}
        for tokens, share, beside in TOKEN_FEATURES:
            best = signals.best_matches(book, known, passages, beside)
            compared[tokens] = signals.late_interaction(best, evidence.rarities)
            shares[share] = signals.covered(best, evidence.rarities, COVERED)
        moved = matches.adapted.nearest(near)
        weights = signals.adapted_weights(book, matches.adapted, passages)
        for name, beside in ADAPTED.items():
            best = signals.best_matches(book, moved, passages, beside)
            by_head = signals.adapted(best, weights)
            margins |= {f"{name} {head}": scores for head, scores in enumerate(by_head, 1)}
    return features(book, compared, shares, margins, pool, passages)
