"""Where a text tells that two who had names of their own are one: a marriage, a disguise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from adapters.outbound.cast.apartness import Apartness
from adapters.outbound.cast.model import Person, SamePerson
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.tokens import Tokens
from adapters.outbound.cast.utterances import Utterance
from domain.cast import Gender
from domain.naming.name_key import NameKey
from domain.naming.titles import MARRIED_TITLES, UNMARRIED_TITLES, title_gender

_MAX_BETWEEN = 6  # words
_TOLD_ONCE = 1  # time that both are named in one sentence: that which tells it
_SAME = frozenset(
    tuple(phrase.split())
    for phrase in """
alias
otherwise
otherwise called
otherwise known as
also known as
in reality
who was in reality
was in reality
is in reality
was none other than
is none other than
who was none other than
was no other than
is no other than
whose real name was
whose real name is
whose true name was
whose true name is
""".strip().splitlines()
)
_FORMERLY = frozenset({"formerly", "née", "nee", "born", "once"})
_LATER = frozenset(
    {("now",), ("afterwards",), ("who", "is", "now"), ("who", "was", "now"), ("that", "is", "now")}
)
_BECAME = frozenset(
    {
        ("became",), ("becomes",), ("had", "become"), ("has", "become"), ("is", "now"),
        ("was", "now"), ("who", "became"), ("who", "had", "become"),
    }
)  # fmt: skip
_MARRIED = frozenset(
    tuple(phrase.split())
    for phrase in """
married
had married
has married
was married to
had been married to
got married to
became the wife of
had become the wife of
""".strip().splitlines()
)
_WIVES = (*(t for t in MARRIED_TITLES), "Lady", "Countess", "Duchess", "Baroness", "Princess")
_OPENINGS = (("i", "am"), ("i'm",), ("my", "name", "is"), ("my", "name's"), ("they", "call", "me"))


class _Reveal(NamedTuple):
    """That two people are one, as words before `end` tell in one place of the text."""

    one: int
    other: int
    end: int


def revealed(
    tokens: Tokens,
    names: Sequence[NameMention],
    people: Sequence[Person],
    utterances: Sequence[Utterance],
    apart: Apartness,
) -> dict[int, SamePerson]:
    """Person -> who it turns out to be, of the two the one with more mentions.

    Only what the text says in so many words, and never of two that it has in one place besides.
    """
    found = [
        *_in_apposition(tokens, names, people),
        *_by_maiden_name(tokens, names, people),
        *_by_marriage(tokens, names, people),
        *_in_their_own_words(tokens, names, people, utterances),
    ]
    same: dict[int, SamePerson] = {}
    taken: set[int] = set()
    for one, other, end in sorted(set(found), key=lambda reveal: reveal.end):
        small, large = sorted((people[one], people[other]), key=lambda p: (p.mentions, p.id))
        if (
            one != other
            and taken.isdisjoint((one, other))
            and (small.gender is large.gender or None in (small.gender, large.gender))
            and apart.times_together(small.keys, large.keys) <= _TOLD_ONCE
        ):
            same[small.id] = SamePerson(large.id, tokens.ends[end - 1])
            taken |= {one, other}
    return same


def _in_apposition(
    tokens: Tokens, names: Sequence[NameMention], people: Sequence[Person]
) -> Iterator[_Reveal]:
    """'Miss Stone became Mrs. Brown', 'Ned, alias the Fox'."""
    whose = {key: person.id for person in people for key in person.keys}
    for a, b in pairwise(names):
        between = _between(tokens, a, b)
        if between is None or tokens.possessive[b.last - 1]:
            continue
        one, other = whose.get(a.key), whose.get(b.key)
        if not (
            between in _SAME
            or (between in _LATER and tokens.gaps[a.last].startswith((",", " (", "(")))
            or (between in _BECAME and b.key.titles[-1:] and b.key.titles[-1] in _WIVES)
        ):
            continue
        if one is not None and other is not None:
            yield _Reveal(one, other, b.last)


def _between(tokens: Tokens, a: NameMention, b: NameMention) -> tuple[str, ...] | None:
    """The words between two names of one sentence; "the" before the second is passed over."""
    if not 0 < b.first - a.last <= _MAX_BETWEEN or tokens.possessive[a.last - 1]:
        return None
    if any(tokens.opens_sentence[i] for i in range(a.last, b.first + 1)):
        return None
    words = tuple(tokens.lower(i) for i in range(a.last, b.first))
    return words[:-1] if len(words) > 1 and words[-1] == "the" else words


def _by_maiden_name(
    tokens: Tokens, names: Sequence[NameMention], people: Sequence[Person]
) -> Iterator[_Reveal]:
    """'Louisa Brown, formerly Stone', 'Mrs. Brown (née Stone)', 'Mrs. Brown, once Miss Stone'."""
    whose = {key: person.id for person in people for key in person.keys}
    for name in names:
        cue = name.last
        if cue + 1 >= len(tokens) or tokens.lower(cue) not in _FORMERLY:
            continue
        if not tokens.gaps[cue].startswith((",", " (")) or tokens.possessive[cue - 1]:
            continue
        former = cue + 1 + (tokens.words[cue + 1] in UNMARRIED_TITLES)
        if former >= len(tokens) or not tokens.words[former][0].isupper():
            continue
        maiden = _maiden(name.key, tokens.words[former], whose)
        if maiden is not None and name.key in whose:
            yield _Reveal(whose[name.key], maiden, former + 1)


def _maiden(later: NameKey, surname: str, whose: Mapping[NameKey, int]) -> int | None:
    """Whom "Louisa Brown, formerly Stone" was: Louisa Stone, Miss Stone, or Louisa."""
    given = [(later.words[0], surname), (later.words[0],)] if later.is_full else []
    wanted = [
        *(NameKey((), words) for words in given[:1]),
        *(NameKey((title,), (surname,)) for title in sorted(UNMARRIED_TITLES)),
        *(NameKey((), words) for words in given[1:]),
    ]
    return next((whose[key] for key in wanted if key in whose), None)


def _by_marriage(
    tokens: Tokens, names: Sequence[NameMention], people: Sequence[Person]
) -> Iterator[_Reveal]:
    """Mrs. Brown, of whom nothing is heard until Louisa has married Mr. Brown."""
    whose = {key: person.id for person in people for key in person.keys}
    firsts: dict[int, NameMention] = {}
    for name in names:
        if name.key in whose:
            firsts.setdefault(whose[name.key], name)
    for a, b in pairwise(names):
        between = _between(tokens, a, b)
        if between not in _MARRIED or tokens.possessive[b.last - 1] or tokens.quoted[a.first]:
            continue
        pair = [people[whose[k]] for k in (a.key, b.key) if k in whose]
        brides = [p for p in pair if p.gender is Gender.FEMALE]
        grooms = [p for p in pair if p.gender is Gender.MALE]
        if not brides or not grooms:
            continue
        for surname in sorted(_surnames(grooms[0])):
            wife = whose.get(NameKey(("Mrs",), (surname,)))
            if wife is not None and wife in firsts and firsts[wife].first >= b.last:
                yield _Reveal(brides[0].id, wife, firsts[wife].last)


def _surnames(person: Person) -> set[str]:
    return {k.words[-1] for k in person.keys if k.is_full or title_gender(k.titles)}


def _in_their_own_words(
    tokens: Tokens,
    names: Sequence[NameMention],
    people: Sequence[Person],
    utterances: Sequence[Utterance],
) -> Iterator[_Reveal]:
    """'"I am Griffin," said the Voice.'"""
    whose = {key: person.id for person in people for key in person.keys}
    said = _names_said_of_oneself(tokens, names)
    if not said:
        return
    for turn in utterances:
        speaker = turn.tag.subject.person if turn.tag is not None else None
        if turn.tag is None or speaker is None or turn.tag.strength < 3:
            continue
        for name in said.get(turn.first_paragraph, ()):
            if turn.start <= tokens.starts[name.first] < turn.end:
                other = whose.get(name.key)
                if other is not None:
                    yield _Reveal(speaker, other, max(name.last, turn.tag.end))


def _names_said_of_oneself(
    tokens: Tokens, names: Sequence[NameMention]
) -> Mapping[int, Sequence[NameMention]]:
    """By paragraph."""
    found: dict[int, list[NameMention]] = defaultdict(list)
    for name in names:
        if not tokens.quoted[name.first] or tokens.possessive[name.last - 1]:
            continue
        if tokens.gaps[name.last].strip(" \n")[:1] not in tuple(".,!;\"”’'—-"):
            continue
        for opening in _OPENINGS:
            first = name.first - len(opening)
            if (
                first >= 0
                and tuple(tokens.lower(i) for i in range(first, name.first)) == opening
                and tokens.opens_sentence[first]
                and not any(tokens.opens_sentence[i] for i in range(first + 1, name.first))
            ):
                found[tokens.paragraph[name.first]].append(name)
    return found
