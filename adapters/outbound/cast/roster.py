"""The candidates for the cast: identities with their genders, and people known by a role alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from adapters.outbound.cast.evidence import Evidence
from adapters.outbound.cast.genders import PronounCounts, combined_gender
from adapters.outbound.cast.identities import Identity
from adapters.outbound.cast.lexicon.people import GENERIC_ROLES, ROLES
from adapters.outbound.cast.lexicon.speech import STRONG_SPEECH_VERBS
from adapters.outbound.cast.model import Person
from adapters.outbound.cast.names import NameKey
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender

_MIN_TAGS = 2  # speech tags that make a role somebody: "said the housekeeper"


def people_of(
    identities: Iterable[Identity],
    evidence: Mapping[NameKey, Evidence],
    pronouns: PronounCounts,
) -> list[Person]:
    return [
        Person(
            number,
            frozenset(identity.keys),
            _gender(identity, pronouns),
            identity.mentions,
            is_heard=any(evidence[k].speaks or evidence[k].addressed for k in identity.keys),
        )
        for number, identity in enumerate(identities)
    ]


def _gender(identity: Identity, pronouns: PronounCounts) -> Gender | None:
    votes = dict.fromkeys(Gender, 0.0)
    for key in identity.keys:
        for gender, count in pronouns.get(key, {}).items():
            votes[gender] += count
    roles = {ROLES.get(k.words[-1].lower()) for k in identity.keys if not k.titles} - {None}
    by_name = identity.name_gender or (roles.pop() if len(roles) == 1 else None)
    return combined_gender(identity.title_gender, by_name, votes)


def speaking_roles(tokens: Tokens) -> Counter[str]:
    """Role nouns that tags name with "the", outside direct speech, with how often."""
    counts: Counter[str] = Counter()
    words = tokens.words
    for i in range(2, len(words) - 1):
        if words[i] in ROLES and words[i] not in GENERIC_ROLES and not tokens.quoted[i]:
            first = next((j for j in (i - 1, i - 2) if words[j] in ("the", "The")), None)
            if first is None or first == 0:
                continue
            before, after = words[first - 1], words[i + 1]
            if before in STRONG_SPEECH_VERBS or (
                after in STRONG_SPEECH_VERBS and tokens.gaps[i + 1] == " "
            ):
                counts[words[i]] += 1
    return counts


def add_roles(people: Sequence[Person], roles: Counter[str]) -> list[Person]:
    """The people, and after them one for each role that speaks often enough."""
    titled = {word.lower() for p in people for key in p.keys for word in (*key.titles, *key.words)}
    extended = list(people)
    for role, times in roles.items():
        if times >= _MIN_TAGS and role not in titled:
            key = NameKey((), ("the", role))
            extended.append(Person(len(extended), frozenset({key}), ROLES[role], times, role))
    return extended
