"""Words, and which of a few texts best fits a question: small enough for a page or a character's
lines. The library's search is not this: it has indices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

from domain.terms import terms

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")

# What questions put to somebody are made of, beside the stop words of a search.
_SMALL_TALK = """
come came don didn doesn get go got isn know let like made make mean miss mr mrs please said say
tell thing think thought told want well went won yes
"""
_SMALL_TALK_TERMS = frozenset(terms(_SMALL_TALK))

_SATURATION = 1.2  # BM25's k1 and b (Robertson & Zaragoza, 2009), b low: lines are short
_LENGTH_WEIGHT = 0.5


def words(text: str) -> list[str]:
    """In lower case, with straight apostrophes."""
    return [w.replace("’", "'") for w in _WORD.findall(text.lower())]


def content_words(text: str) -> list[str]:
    """The terms of the words that tell what is talked of."""
    return [term for term in terms(text) if term not in _SMALL_TALK_TERMS]


class Wordings:
    """Texts made ready to be compared with questions (BM25 among themselves)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._counts = [Counter(content_words(t)) for t in texts]
        self._lengths = [c.total() for c in self._counts]
        self._mean = max(1.0, sum(self._lengths) / max(1, len(texts)))
        found_in = Counter(word for count in self._counts for word in count)
        self._rarity = {w: log(1 + len(texts) / n) for w, n in found_in.items()}

    def fits(self, question: str) -> list[float]:
        """How well each text fits, in order; 0.0 where no word that carries meaning is shared."""
        wanted = [w for w in dict.fromkeys(content_words(question)) if w in self._rarity]
        return [
            sum(self._weight(word, count[word], length) for word in wanted if word in count)
            for count, length in zip(self._counts, self._lengths, strict=True)
        ]

    def _weight(self, word: str, count: int, length: int) -> float:
        expected = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * length / self._mean
        return self._rarity[word] * count * (1 + _SATURATION) / (count + _SATURATION * expected)


def best_fit(question: str, texts: Sequence[str]) -> int | None:
    """The place of the text that fits best, the first of equals; None if none fits at all."""
    fits = Wordings(texts).fits(question)
    best = max(range(len(fits)), key=fits.__getitem__, default=None)
    return best if best is not None and fits[best] > 0 else None
