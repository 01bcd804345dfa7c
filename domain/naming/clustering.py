"""Which names are one person's: titles, surnames, given names, nicknames, families.

Each name proposes to join others, surest proposals first; a proposal fails if the two sides cannot
be one person (gender, marriage, other given names) or if the text keeps them apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from domain.cast import Gender
from domain.naming.gender_by_name import PronounCounts, gender_by_name
from domain.naming.identity import Identity, may_be_one
from domain.naming.name_index import NameIndex, NameUse
from domain.naming.name_key import NameKey
from domain.naming.proposals import Proposals
from domain.naming.titles import TITLES, title_gender


class Apartness(Protocol):
    def are_apart(self, some: Collection[NameKey], others: Collection[NameKey], /) -> bool:
        """Whether the text keeps the bearers of the names apart."""


def cluster(
    use: Mapping[NameKey, NameUse], apart: Apartness, pronouns: PronounCounts
) -> list[Identity]:
    """Partition of the names, by falling number of mentions."""
    return _Clustering(use, apart, pronouns).run()


class _Clustering:
    def __init__(
        self, use: Mapping[NameKey, NameUse], apart: Apartness, pronouns: PronounCounts
    ) -> None:
        self._index = NameIndex(use)
        self._pronouns = pronouns
        self._apart = apart
        self._identity = {key: self._singleton(key) for key in self._index.keys}

    def run(self) -> list[Identity]:
        for key, others in Proposals(self._index, self._identity):
            self._join_first(key, others)
        unique = {id(identity): identity for identity in self._identity.values()}
        return sorted(unique.values(), key=lambda identity: -identity.mentions)

    def _singleton(self, key: NameKey) -> Identity:
        evidence = self._index.use[key]
        identity = Identity({key}, evidence.mentions)
        identity.titles.update(dict.fromkeys(key.titles, evidence.mentions))
        gender = title_gender(key.titles)
        first = key.words[0]
        if gender is not None:
            identity.title_genders[gender] = evidence.mentions
        given = key.is_full or self._index.is_given(first)
        if given and not key.is_wifes:
            named = gender_by_name(first, self._pronouns_of(key))
            if named is not None and gender is None:
                identity.name_genders[named] = evidence.mentions
            if len(first) > 1 and first not in TITLES:
                identity.given.add(first)
            if key.is_full and key.words not in self._index.beginnings:
                identity.surnames.add(key.words[-1])
        if not key.is_full:
            if given and not key.titles:
                identity.narrated_by_given_name = evidence.narrated
            elif not given and key.titles:
                identity.narrated_by_titled_surname = evidence.narrated
        return identity

    def _pronouns_of(self, key: NameKey) -> Mapping[Gender, float]:
        """Those of the name, and of its given name alone."""
        forms = dict.fromkeys((key, NameKey((), key.words[:1])))
        return {
            gender: sum(self._pronouns.get(form, {}).get(gender, 0.0) for form in forms)
            for gender in Gender
        }

    def _join_first(self, key: NameKey, others: Iterable[NameKey]) -> None:
        for other in others:
            if self._identity[other] is self._identity[key]:
                return
            if self._may_join(self._identity[key], self._identity[other]):
                self._join(self._identity[key], self._identity[other])
                return

    def _join(self, one: Identity, other: Identity) -> None:
        one.keys |= other.keys
        one.mentions += other.mentions
        one.title_genders += other.title_genders
        one.name_genders += other.name_genders
        one.surnames |= other.surnames
        one.given |= other.given
        one.titles += other.titles
        one.narrated_by_given_name += other.narrated_by_given_name
        one.narrated_by_titled_surname += other.narrated_by_titled_surname
        for key in other.keys:
            self._identity[key] = one

    def _may_join(self, one: Identity, other: Identity) -> bool:
        return may_be_one(one, other) and not self._apart.are_apart(one.keys, other.keys)
