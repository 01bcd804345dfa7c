"""The candidates for the cast: identities with their genders, and people known by a role alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adapters.outbound.cast.evidence import Evidence
from adapters.outbound.cast.genders import combined_gender
from adapters.outbound.cast.lexicon.people import GENERIC_ROLES, ROLES, is_role, noun_gender
from adapters.outbound.cast.lexicon.speech import SPEECH_VERBS, STRONG_SPEECH_VERBS
from adapters.outbound.cast.lexicon.words import FUNCTION_WORDS
from adapters.outbound.cast.model import Guise, Person, SamePerson
from adapters.outbound.cast.role_affinity import Affinity, belongs_to_somebody
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender
from domain.naming.gender_by_name import PronounCounts
from domain.naming.identity import Identity
from domain.naming.name_key import NameKey
from domain.naming.word_lists import word_list

_MIN_TAGS = 2  # "said the critic", of a word that is not known to be a role
_NOBODY = GENERIC_ROLES | FUNCTION_WORDS | word_list("latter former first second third others")


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


def speaking_roles(tokens: Tokens) -> list[str]:
    """Nouns that are characters of their own, as tags name them with "the".

    Of a word that is not known to be a role, only a tag right after speech says so.
    """
    tags: Counter[str] = Counter()
    words = tokens.words
    for i in range(2, len(words) - 1):
        noun = words[i]
        if not noun.islower() or noun in _NOBODY or tokens.quoted[i]:
            continue
        known = is_role(noun)
        nearest = (i - 1, i - 2) if known else (i - 1,)
        article = next((j for j in nearest if words[j] in ("the", "The")), None)
        if article is None:
            continue
        tags[noun] += _is_tag(tokens, article, i) and (known or _follows_speech(tokens, article, i))
    return [noun for noun, times in tags.items() if times >= (1 if is_role(noun) else _MIN_TAGS)]


def _is_tag(tokens: Tokens, article: int, noun: int) -> bool:
    """'said the cook', 'the cook said'."""
    words, quoted = tokens.words, tokens.quoted
    if words[noun + 1] in STRONG_SPEECH_VERBS and tokens.gaps[noun + 1] == " ":
        return True
    verb = words[article - 1] if article > 0 and not tokens.gaps[article].strip() else ""
    return verb in STRONG_SPEECH_VERBS or (
        verb in SPEECH_VERBS and article > 1 and bool(quoted[article - 2])
    )


def _follows_speech(tokens: Tokens, article: int, noun: int) -> bool:
    words, quoted = tokens.words, tokens.quoted
    if words[noun + 1] in STRONG_SPEECH_VERBS:
        return bool(quoted[article - 1])
    ends = tokens.gaps[noun + 1] != " " or words[noun + 1] in FUNCTION_WORDS
    return ends and article > 1 and bool(quoted[article - 2])


def add_roles(people: Sequence[Person], roles: Iterable[str], affinity: Affinity) -> list[Person]:
    """The people, and after them one for each role that is nobody's with a name."""
    titled = {word.lower() for p in people for key in p.keys for word in (*key.titles, *key.words)}
    extended = list(people)
    for role in roles:
        near = affinity.get(role, {})
        if role not in titled and not belongs_to_somebody(people, noun_gender(role), near):
            key = NameKey((), ("the", role))
            extended.append(Person(len(extended), frozenset({key}), noun_gender(role), 1, role))
    return extended


def _end_of(person: int, same: Mapping[int, SamePerson]) -> tuple[int, int]:
    known_from = 0
    while person in same:
        person, told = same[person]
        known_from = max(known_from, told)
    return person, known_from


def merged(people: Sequence[Person], same: Mapping[int, SamePerson]) -> list[Person]:
    """The people renumbered, those in `same` made one with the person that it names for them.

    Their names become that person's guises.
    """
    absorbed: dict[int, list[tuple[Person, int]]] = defaultdict(list)
    for one in same:
        end, known_from = _end_of(one, same)
        absorbed[end].append((people[one], known_from))
    result: list[Person] = []
    for person in people:
        if person.id in same:
            continue
        group = [person, *(other for other, _ in absorbed[person.id])]
        result.append(
            replace(
                person,
                id=len(result),
                keys=frozenset().union(*(p.keys for p in group)),
                gender=next((p.gender for p in group if p.gender), None),
                mentions=sum(p.mentions for p in group),
                is_heard=any(p.is_heard for p in group),
                guises=tuple(Guise(p.keys, known_from) for p, known_from in absorbed[person.id]),
            )
        )
    return result
