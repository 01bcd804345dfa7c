"""What the learned part of the ranking sees of a passage: named numbers, made of the signals.

Signals are told in relation to the other passages of the pool, shares and places as they are,
lengths in that of a mean passage: so they mean the same in every book and for every query.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, pstdev

from domain.book_terms import BookTerms
from domain.fusion import Scores

Features = dict[str, float]

BESIDE = ("fused", "words", "tokens")  # signals of which the passages before and after count
LEAST_DEVIATION = 1e-9


def features(
    book: BookTerms,
    signals: Mapping[str, Scores],
    shares: Mapping[str, Scores],
    margins: Mapping[str, Scores],
    pool: Sequence[int],
    passages: int,
) -> list[Features]:
    """One for each passage of the pool. `signals`: by name, `fused` among them; `shares`: those
    that are not compared with other passages; `margins`: those of which it counts, too, how far
    above the others a passage stands as they are."""
    found: list[Features] = [{} for _ in pool]
    for name, scores in signals.items():
        _add(found, _standing(name, [scores.get(p, 0.0) for p in pool]))
        if name in BESIDE:
            _add(found, _beside(name, book, scores, pool, passages))
    for name, scores in shares.items():
        _add(found, {name: [scores.get(p, 0.0) for p in pool]})
    for name, scores in margins.items():
        _add(found, _margin(name, [scores.get(p, 0.0) for p in pool]))
    fused = [signals["fused"].get(p, 0.0) for p in pool]
    _add(found, _chapters(fused, [book.chapter(p) for p in pool]))
    mean = max(1.0, book.text.start(passages) / max(1, passages))
    _add(found, {"length": [book.text.length(p) / mean for p in pool]})
    spans = book.chapter_spans(passages)
    _add(found, {"place": [_place(p, spans[book.chapter(p)]) for p in pool]})
    return found


def _add(found: Sequence[Features], columns: Mapping[str, Iterable[float]]) -> None:
    for name, column in columns.items():
        for row, value in zip(found, column, strict=True):
            row[name] = value


def _standing(name: str, values: Sequence[float]) -> dict[str, list[float]]:
    """How far above the mean, how far below the best, and at which place (its logarithm; equals
    have the last of theirs)."""
    mean, deviation = _scale(values)
    best = max(values, default=0.0)
    places = {value: place for place, value in enumerate(sorted(values, reverse=True), 1)}
    return {
        name: [(value - mean) / deviation for value in values],
        f"{name} below best": [(value - best) / deviation for value in values],
        f"{name} place": [math.log(places[value]) for value in values],
    }


def _margin(name: str, values: Sequence[float]) -> dict[str, list[float]]:
    """How far above the mean and how far below the best, in deviations, and above it as it is."""
    mean, deviation = _scale(values)
    best = max(values, default=0.0)
    return {
        name: [(value - mean) / deviation for value in values],
        f"{name} below best": [(value - best) / deviation for value in values],
        f"{name} above mean": [value - mean for value in values],
    }


def _beside(
    name: str, book: BookTerms, scores: Scores, pool: Sequence[int], passages: int
) -> dict[str, list[float]]:
    """The same signal of the passage before and of the one after; 0 without one."""
    mean, deviation = _scale([scores.get(p, 0.0) for p in pool])

    def at(passage: int, step: int) -> float:
        other = passage + step
        there = other in book.beside(passage, passages)
        return (scores.get(other, 0.0) - mean) / deviation if there else 0.0

    return {
        f"{name} before": [at(passage, -1) for passage in pool],
        f"{name} after": [at(passage, 1) for passage in pool],
    }


def _chapters(fused: Sequence[float], chapters: Sequence[int]) -> dict[str, list[float]]:
    """How the passage stands in its chapter, and its chapter's three best among all chapters'."""
    _, deviation = _scale(fused)
    by_chapter: dict[int, list[float]] = defaultdict(list)
    for chapter, value in zip(chapters, fused, strict=True):
        by_chapter[chapter].append(value)
    best = {chapter: max(values) for chapter, values in by_chapter.items()}
    three = {c: sum(sorted(values)[-3:]) / 3 for c, values in by_chapter.items()}
    most = max(three.values(), default=0.0)
    return {
        "below best of chapter": [
            (value - best[chapter]) / deviation
            for chapter, value in zip(chapters, fused, strict=True)
        ],
        "chapter below best": [(three[chapter] - most) / deviation for chapter in chapters],
    }


def _place(passage: int, chapter: range) -> float:
    """From 0, the chapter's first, to 1, the last of it that was read."""
    return (passage - chapter.start) / max(1, len(chapter) - 1)


def _scale(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 1.0
    return fmean(values), max(LEAST_DEVIATION, pstdev(values))
