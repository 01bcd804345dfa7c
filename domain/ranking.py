"""The whole order of search results: which signals, and how much each of them weighs.

The weights were set by hand on 18 books (7 collections of tales, 11 novels) and lie on a plain:
half or double of any of them changes little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain import signals
from domain.book_terms import BookTerms
from domain.frontier import Frontier
from domain.fusion import Scores, standard_score_fusion
from domain.token_matches import TokenMatches

WORDS = 0.6
PAIRS = 0.2
SCENES = 0.4
MEANING = 0.5
TOKENS = 1.6
NEIGHBOURS = 0.3  # of a neighbour's score, added to a passage's own


def ranked(
    book: BookTerms,
    query: Sequence[str],
    cosines: Scores,
    candidates: Iterable[int],
    up_to: Frontier,
    matches: TokenMatches | None = None,
) -> list[int]:
    """The candidates that lie before the frontier, best first.

    `query`: its terms; `cosines`: of the candidates that were found by their meaning; `matches`,
    where there are token vectors: of the candidates and those beside them. Nothing beyond the
    frontier has a part in the order.
    """
    passages = book.visible(up_to)
    seen = {passage: cosine for passage, cosine in cosines.items() if passage < passages}
    fused = standard_score_fusion(
        [
            (WORDS, signals.words(book, query, passages)),
            (PAIRS, signals.pairs(book, query, passages)),
            (SCENES, signals.scenes(book, query, passages)),
            (MEANING, signals.nearness(seen)),
            (TOKENS, signals.late_interaction(book, matches, passages) if matches else {}),
        ],
        passages,
    )
    beside = signals.neighbours(book, fused, passages)

    def evidence(passage: int) -> float:
        return fused.get(passage, 0.0) + NEIGHBOURS * beside.get(passage, 0.0)

    visible = {candidate for candidate in candidates if candidate < passages}
    return sorted(visible, key=lambda passage: (-evidence(passage), passage))
