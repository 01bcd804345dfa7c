"""Gender by title, by given name, and by the pronouns that follow a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from adapters.outbound.cast.lexicon.people import ROLES
from adapters.outbound.cast.lexicon.words import OBJECT_PRONOUNS, PRONOUNS
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender
from domain.frontier import WHOLE_BOOK
from domain.naming.gender_by_name import PronounCounts
from domain.naming.given_names import given_name_gender
from domain.naming.name_key import NameKey
from domain.naming.titles import title_gender

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
    for name, place in _with_pronouns(tokens, names):
        gender = _PRONOUN_GENDERS[tokens.lower(place)]
        counts[name.key][gender] += worth[gender]
    return counts


def gender_told_from(
    tokens: Tokens, names: Sequence[NameMention], people: Sequence[Person]
) -> Mapping[int, int]:
    """For each person of a gender, the offset at which titles, given names and pronouns so far tell
    it; what tells it nowhere before the end of the book is told there."""
    signs: dict[NameKey, list[_Sign]] = defaultdict(list)
    for name in names:
        signs[name.key].append(_Sign(tokens.ends[name.last - 1], None))
    for name, place in _with_pronouns(tokens, names):
        gender = _PRONOUN_GENDERS[tokens.lower(place)]
        signs[name.key].append(_Sign(tokens.ends[place], gender))
    return {
        person.id: 0 if person.role else _told_from(person, signs)
        for person in people
        if person.gender is not None
    }


class _Sign(NamedTuple):
    """A name, or a pronoun that most likely means it."""

    end: int
    gender: Gender | None  # None: the name itself


def _told_from(person: Person, signs: Mapping[NameKey, Sequence[_Sign]]) -> int:
    since = {key: guise.known_from for guise in person.guises for key in guise.keys}
    seen = sorted(
        (max(sign.end, since.get(key, 0)), sign.gender is not None, str(key), key, sign.gender)
        for key in person.keys
        for sign in signs.get(key, ())
    )
    titles, given = Counter[Gender](), Counter[Gender]()
    votes: Counter[Gender] = Counter()
    for end, _, _, key, gender in seen:
        if gender is not None:
            votes[gender] += 1
        elif titled := title_gender(key.titles):
            titles[titled] += 1
        elif named := given_name_gender(key.words[0]) or ROLES.get(key.words[-1].lower()):
            given[named] += 1
        if combined_gender(_most(titles), _most(given), votes) is person.gender:
            return end
    return WHOLE_BOOK.offset


def _most(genders: Counter[Gender]) -> Gender | None:
    return max(genders, key=lambda g: genders[g], default=None)


def _with_pronouns(
    tokens: Tokens, names: Sequence[NameMention]
) -> Iterator[tuple[NameMention, int]]:
    """Each name of the narration after which a pronoun most likely means it, with the pronoun."""
    for number, name in enumerate(names):
        if not tokens.quoted[name.first]:
            stop = names[number + 1].first if number + 1 < len(names) else len(tokens)
            place = _next_pronoun(tokens, name.last, min(stop, name.last + _REACH))
            if place is not None:
                yield name, place


def _worth_of_pronouns(tokens: Tokens) -> dict[Gender, float]:
    """Where nearly all pronouns are the heroine's, one "she" beside another name means little."""
    times: Counter[Gender] = Counter()
    for word, quoted in zip(tokens.words, tokens.quoted, strict=True):
        if not quoted and (gender := _PRONOUN_GENDERS.get(word)) is not None:
            times[gender] += 1
    total = times.total() + _SMOOTHING
    shares = {gender: (times[gender] + _SMOOTHING / 2) / total for gender in Gender}
    return {gender: (0.5 / share) ** _RARITY for gender, share in shares.items()}


def _next_pronoun(tokens: Tokens, first: int, stop: int) -> int | None:
    """The first pronoun in the rest of the sentence, or that the next sentence opens with."""
    for i in range(first, stop):
        if tokens.quoted[i]:
            return None
        if tokens.lower(i) in _PRONOUN_GENDERS:
            return i
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
