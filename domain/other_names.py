"""The other names of those whom a query names: a passage may call them by any of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.cast import Cast, Merge
from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.naming.name_key import name_key
from domain.terms import terms


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
        people bear names nobody. Nor is a word added that others are called by, too: a surname
        finds the whole family.
        """
        asked = set(query)
        one = _persons(self._merges, up_to)
        named = self._named(asked, one, up_to)
        found: dict[str, None] = {}
        for person in named:
            for member in {person, *(a for a, into in one.items() if into == person)}:
                for name in self._bare.get(member, ()):
                    if up_to.knows(name.known_from):
                        found |= dict.fromkeys(sorted(name.terms - asked))
        return tuple(t for t in found if len(self._bearers([t], one, up_to)) == 1)

    def _add(self, who: CharacterId, written: str, known_from: int) -> None:
        whole = frozenset(terms(written))
        key = name_key(written)
        bare = frozenset(terms(" ".join(key.words))) if key else frozenset[str]()
        if bare:
            self._bare.setdefault(who, []).append(_Name(who, bare, known_from))
        for words in {whole, bare} - {frozenset()}:
            name = _Name(who, words, known_from)
            for term in words:
                self._with_term.setdefault(term, []).append(name)

    def _named(
        self, asked: set[str], one: Mapping[CharacterId, CharacterId], up_to: Frontier
    ) -> list[CharacterId]:
        bearers: dict[frozenset[str], set[CharacterId]] = {}
        for name in self._visible(asked, up_to):
            if name.terms <= asked:
                bearers.setdefault(name.terms, set()).add(one.get(name.of, name.of))
        longest = [words for words in bearers if not any(words < other for other in bearers)]
        return sorted({min(bearers[words]) for words in longest if len(bearers[words]) == 1})

    def _bearers(
        self, wanted: Iterable[str], one: Mapping[CharacterId, CharacterId], up_to: Frontier
    ) -> set[CharacterId]:
        return {one.get(name.of, name.of) for name in self._visible(wanted, up_to)}

    def _visible(self, wanted: Iterable[str], up_to: Frontier) -> Iterable[_Name]:
        return (
            name
            for term in wanted
            for name in self._with_term.get(term, ())
            if up_to.knows(name.known_from)
        )


def _persons(merges: Sequence[Merge], up_to: Frontier) -> Mapping[CharacterId, CharacterId]:
    """Whom each absorbed character is known to be; a merge that would close a circle is none."""
    into: dict[CharacterId, CharacterId] = {}
    for merge in merges:
        if up_to.knows(merge.known_from) and merge.absorbed_id not in into:
            end = _end(merge.into_id, into)
            if end != merge.absorbed_id:
                into[merge.absorbed_id] = end
    return {absorbed: _end(target, into) for absorbed, target in into.items()}


def _end(who: CharacterId, into: Mapping[CharacterId, CharacterId]) -> CharacterId:
    while who in into:
        who = into[who]
    return who
