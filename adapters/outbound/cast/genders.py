"""Gender by title, by given name, and by the pronouns that follow a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from adapters.outbound.cast.lexicon.words import OBJECT_PRONOUNS, PRONOUNS
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender
from domain.naming.gender_by_name import PronounCounts
from domain.naming.name_key import NameKey

_REACH = 25  # words after a name in which a pronoun still most likely means it
_NAME_WORTH = 6.0  # pronouns that a given name outweighs
_DECISIVE = 0.62
_SMOOTHING = 20.0  # pronouns
_RARITY = 0.7  # 1 would make both genders equally common
_PRONOUN_GENDERS = {
    word: Gender(code) for word, code in (PRONOUNS | OBJECT_PRONOUNS).items() if code in "MF"
}


def count_pronouns(tokens: Tokens, names: Sequence[NameMention]) -> PronounCounts:
    """For each name, the genders of the pronouns that most likely mean it, in narration."""
    counts: dict[NameKey, dict[Gender, float]] = defaultdict(lambda: dict.fromkeys(Gender, 0.0))
    worth = _worth_of_pronouns(tokens)
    for place, name in enumerate(names):
        if not tokens.quoted[name.first]:
            stop = names[place + 1].first if place + 1 < len(names) else len(tokens)
            gender = _next_pronoun(tokens, name.last, min(stop, name.last + _REACH))
            if gender is not None:
                counts[name.key][gender] += worth[gender]
    return counts


def _worth_of_pronouns(tokens: Tokens) -> dict[Gender, float]:
    """Where nearly all pronouns are the heroine's, one "she" beside another name means little."""
    times: Counter[Gender] = Counter()
    for word, quoted in zip(tokens.words, tokens.quoted, strict=True):
        if not quoted and (gender := _PRONOUN_GENDERS.get(word)) is not None:
            times[gender] += 1
    total = times.total() + _SMOOTHING
    shares = {gender: (times[gender] + _SMOOTHING / 2) / total for gender in Gender}
    return {gender: (0.5 / share) ** _RARITY for gender, share in shares.items()}


def _next_pronoun(tokens: Tokens, first: int, stop: int) -> Gender | None:
    """Of the first pronoun in the rest of the sentence, or that the next sentence opens with."""
    for i in range(first, stop):
        if tokens.quoted[i]:
            return None
        gender = _PRONOUN_GENDERS.get(tokens.lower(i))
        if gender is not None:
            return gender
        if tokens.opens_sentence[i]:
            return None
    return None


def combined_gender(
    by_title: Gender | None, by_name: Gender | None, votes: Mapping[Gender, float]
) -> Gender | None:
    if by_title is not None:
        return by_title
    weights = {gender: votes.get(gender, 0.0) for gender in Gender}
    if by_name is not None:
        weights[by_name] += _NAME_WORTH
    total = sum(weights.values())
    best = max(weights, key=lambda gender: weights[gender])
    return best if total >= 2 and weights[best] >= _DECISIVE * total else None
