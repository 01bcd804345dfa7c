"""Gender by title, by given name, and by the pronouns that follow a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from adapters.outbound.cast.lexicon.words import OBJECT_PRONOUNS, PRONOUNS
from adapters.outbound.cast.names import NameKey, NameMention
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender

_REACH = 25  # words after a name in which a pronoun still most likely means it
_NAME_WORTH = 6.0  # pronouns that a given name outweighs
_DECISIVE = 0.62
_MANY = 5  # pronouns
_AGREED = 0.75
_PRONOUN_GENDERS = {
    word: Gender(code) for word, code in (PRONOUNS | OBJECT_PRONOUNS).items() if code in "MF"
}

PronounCounts = Mapping[NameKey, Counter[Gender]]


def count_pronouns(tokens: Tokens, names: Sequence[NameMention]) -> PronounCounts:
    """For each name, the gender of the next pronoun in narration before another name."""
    counts: dict[NameKey, Counter[Gender]] = defaultdict(Counter)
    for place, name in enumerate(names):
        if tokens.quoted[name.first]:
            continue
        stop = min(name.last + _REACH, len(tokens))
        if place + 1 < len(names):
            stop = min(stop, names[place + 1].first)
        for i in range(name.last, stop):
            if tokens.quoted[i] or tokens.paragraph[i] != tokens.paragraph[name.first]:
                break
            gender = _PRONOUN_GENDERS.get(tokens.lower(i))
            if gender is not None:
                counts[name.key][gender] += 1
                break
    return counts


def gender_by_pronouns(counts: Counter[Gender] | None) -> Gender | None:
    """The gender of a name by its pronouns alone, where they are many and agree."""
    if not counts or counts.total() < _MANY:
        return None
    gender, times = counts.most_common(1)[0]
    return gender if times >= _AGREED * counts.total() else None


def combined_gender(
    by_title: set[Gender], by_name: set[Gender], votes: Counter[Gender]
) -> Gender | None:
    if len(by_title) == 1:
        return next(iter(by_title))
    weights = {gender: float(votes[gender]) for gender in Gender}
    if len(by_name) == 1:
        weights[next(iter(by_name))] += _NAME_WORTH
    total = sum(weights.values())
    best = max(weights, key=lambda gender: weights[gender])
    return best if total >= 2 and weights[best] >= _DECISIVE * total else None
