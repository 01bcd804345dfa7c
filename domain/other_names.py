"""The other names of those whom a query names: a passage may call them by any of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.cast import Cast, Merge
from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.naming.name_key import name_key
from domain.naming.titles import TITLES
from domain.terms import terms

_NAME_BYTES = 500
WELL_BEFORE = 5_000  # code points: some passages

# Whom each absorbed character is known to be, and from where.
_Persons: TypeAlias = Mapping[CharacterId, tuple[CharacterId, int]]


@dataclass(frozen=True, slots=True)
class _Name:
    of: CharacterId
    terms: frozenset[str]
    known_from: int


class OtherNames:
    """Of one cast, whole. What a frontier hides is left out when it is asked."""

    def __init__(self, cast: Cast) -> None:
        self._merges = sorted(cast.merges, key=lambda m: m.known_from)
        self._with_term: dict[str, list[_Name]] = {}
        self._bare: dict[CharacterId, list[_Name]] = {}  # without titles
        for character in cast.characters:
            since = character.known_from
            for alias in character.aliases:
                self._add(character.id, alias.text, max(since, alias.known_from))

    def of(self, query: Sequence[str], up_to: Frontier) -> tuple[str, ...]:
        """Terms to search for beside the query's own; both as `domain.terms` makes them.

        A name counts if all of it stands in the query, the longest that does; one that several
        people bear names nobody. Added are those that the person had well before: what tells of
        them by these alone cannot have the name of the query in its context. Nor is a word added
        that others are called by, too: a surname finds the whole family.
        """
        asked = set(query)
        one = _persons(self._merges, up_to)
        found: dict[str, None] = {}
        for named in self._named(asked, one, up_to):
            person, _ = one.get(named.of, (named.of, 0))
            for older in self._names_of(person, one):
                tied = max(named.known_from, *_tied(named.of, older.of, one))
                if older.known_from + WELL_BEFORE <= tied and up_to.knows(older.known_from):
                    found |= dict.fromkeys(sorted(older.terms - asked))
        return tuple(t for t in found if len(self._bearers([t], one, up_to)) == 1)

    @property
    def nbytes(self) -> int:
        """About so many bytes of memory."""
        return _NAME_BYTES * sum(map(len, self._with_term.values()))

    def _add(self, who: CharacterId, written: str, known_from: int) -> None:
        key = name_key(written)
        bare = frozenset(_name_terms(key.words)) if key else frozenset[str]()
        if not bare:
            return  # "the King", "Mother": half the book may be called so
        whole = frozenset(terms(written))
        self._bare.setdefault(who, []).append(_Name(who, bare, known_from))
        for words in {whole, bare}:
            name = _Name(who, words, known_from)
            for term in words:
                self._with_term.setdefault(term, []).append(name)

    def _named(self, asked: set[str], one: _Persons, up_to: Frontier) -> list[_Name]:
        """The names that the query uses, each as early as it is known."""
        bearers: dict[frozenset[str], dict[CharacterId, _Name]] = {}
        for name in self._visible(asked, up_to):
            if name.terms <= asked:
                person, _ = one.get(name.of, (name.of, 0))
                there = bearers.setdefault(name.terms, {})
                there[person] = min(name, there.get(person, name), key=lambda n: n.known_from)
        longest = [words for words in bearers if not any(words < other for other in bearers)]
        return [name for w in longest if len(bearers[w]) == 1 for name in bearers[w].values()]

    def _names_of(self, person: CharacterId, one: _Persons) -> Iterator[_Name]:
        for member in (person, *(a for a, (into, _) in one.items() if into == person)):
            yield from self._bare.get(member, ())

    def _bearers(self, wanted: Iterable[str], one: _Persons, up_to: Frontier) -> set[CharacterId]:
        return {one.get(name.of, (name.of, 0))[0] for name in self._visible(wanted, up_to)}

    def _visible(self, wanted: Iterable[str], up_to: Frontier) -> Iterable[_Name]:
        return (
            name
            for term in wanted
            for name in self._with_term.get(term, ())
            if up_to.knows(name.known_from)
        )


def _name_terms(words: Sequence[str]) -> Iterator[str]:
    """Without titles and initials."""
    for word in words:
        if len(word) > 1 and word not in TITLES:
            yield from terms(word)


def _tied(one_of: CharacterId, other: CharacterId, one: _Persons) -> Iterator[int]:
    """From where it is known that two are the same."""
    yield 0
    for who in (one_of, other):
        if one_of != other and who in one:
            yield one[who][1]


def _persons(merges: Sequence[Merge], up_to: Frontier) -> _Persons:
    """A merge that would close a circle is none."""
    into: dict[CharacterId, tuple[CharacterId, int]] = {}
    for merge in merges:
        if up_to.knows(merge.known_from) and merge.absorbed_id not in into:
            end, _ = _end(merge.into_id, into)
            if end != merge.absorbed_id:
                into[merge.absorbed_id] = (merge.into_id, merge.known_from)
    return {absorbed: _end(absorbed, into) for absorbed in into}


def _end(who: CharacterId, into: _Persons) -> tuple[CharacterId, int]:
    since = 0
    while who in into:
        who, known = into[who]
        since = max(since, known)
    return who, since
