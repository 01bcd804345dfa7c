"""Whether a text keeps two names apart: it names both at once, or one speaks to the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from itertools import combinations

from adapters.outbound.cast.evidence import is_vocative
from adapters.outbound.cast.lexicon.speech import STRONG_SPEECH_VERBS
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.tokens import Tokens
from domain.naming.name_key import NameKey

_MIN_TIMES = 3
_MIN_SHARE = 0.06  # of the rarer one's places
_CROWD = 6  # a list of more names says little, and costs its square


class Apartness:
    def __init__(self, together: Counter[tuple[NameKey, NameKey]], places: Counter[NameKey]):
        self._together = together
        self._places = places

    def times_together(self, some: Collection[NameKey], others: Collection[NameKey]) -> int:
        return sum(
            self._together[_pair(a, b)] for a in some for b in others if not _is_part_of(a, b)
        )

    def are_apart(self, some: Collection[NameKey], others: Collection[NameKey]) -> bool:
        times = self.times_together(some, others)
        rarer = min(sum(self._places[k] for k in some), sum(self._places[k] for k in others))
        return times >= _MIN_TIMES and times >= _MIN_SHARE * rarer


def _is_part_of(a: NameKey, b: NameKey) -> bool:
    """ "Anne", "Anne Shirley": a name beside its full form is emphasis, not company."""
    return (
        not a.titles
        and not b.titles
        and (set(a.words) <= set(b.words) or set(b.words) <= set(a.words))
    )


def measure_apartness(tokens: Tokens, mentions: Iterable[NameMention]) -> Apartness:
    together: Counter[tuple[NameKey, NameKey]] = Counter()
    places: Counter[NameKey] = Counter()
    clauses: dict[int, set[NameKey]] = defaultdict(set)
    speakers: dict[int, set[NameKey]] = defaultdict(set)
    addressed: dict[int, set[NameKey]] = defaultdict(set)
    clause_of = _clause_numbers(tokens)
    for mention in mentions:
        places[mention.key] += 1
        paragraph = tokens.paragraph[mention.first]
        if tokens.quoted[mention.first]:
            if is_vocative(tokens, mention.first, mention.last):
                addressed[paragraph].add(mention.key)
            continue
        clauses[clause_of[mention.first]].add(mention.key)
        if _speaks(tokens, mention):
            speakers[paragraph].add(mention.key)
    for keys in clauses.values():
        if len(keys) <= _CROWD:
            together.update(_pair(a, b) for a, b in combinations(keys, 2))
    for paragraph, keys in speakers.items():
        together.update(_pair(a, b) for a in keys for b in addressed.get(paragraph, ()) if a != b)
    return Apartness(together, places)


def _pair(a: NameKey, b: NameKey) -> tuple[NameKey, NameKey]:
    return (a, b) if a <= b else (b, a)


def _clause_numbers(tokens: Tokens) -> list[int]:
    numbers = []
    number = 0
    for opens in tokens.opens_sentence:
        number += opens
        numbers.append(number)
    return numbers


def _speaks(tokens: Tokens, mention: NameMention) -> bool:
    words = tokens.words
    before = words[mention.first - 1] if mention.first else ""
    after = words[mention.last] if mention.last < len(words) else ""
    return before in STRONG_SPEECH_VERBS or after in STRONG_SPEECH_VERBS
