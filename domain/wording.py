"""Words, and which of a few texts best fits a question: small enough for a page or a character's
lines. The library's search is not this: it has indices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")

_STOP_WORDS = """
a about after again all also am an and any are as at be because been before being but by can
cannot could did do does doing done down each else ever every few for from further get go had
has have having he her here hers herself him himself his how i if in into is it its itself just
let like make me might more most much must my myself no nor not now of off on once one only or
other our ours ourselves out over own please quite rather really said same say says shall she
should so some still such tell than that the their theirs them themselves then there these they
thing things this those though through to too under until up upon us very was we well were what
when where which while who whom whose why will with would yes yet you your yours yourself
don't didn't doesn't isn't wasn't won't can't couldn't wouldn't shouldn't i'm i've i'll i'd
mr mrs dr you're you've you'll it's that's what's he's she's there's let's
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_SATURATION = 1.2  # BM25's k1 and b (Robertson & Zaragoza, 2009), b low: lines are short
_LENGTH_WEIGHT = 0.5


def words(text: str) -> list[str]:
    """In lower case, with straight apostrophes."""
    return [w.replace("’", "'") for w in _WORD.findall(text.lower())]


def content_words(text: str) -> list[str]:
    """The stems of the words that carry meaning."""
    return [_stem(w) for w in words(text) if w not in STOP_WORDS]


def _stem(word: str) -> str:
    """A light English stem: plurals, possessives, -ed, -ing, -ly."""
    word = word.removesuffix("'s")
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("ly", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] in "eiy" else word


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
