"""Who else a name may be: the surest first, each rule by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from domain.cast import Gender
from domain.naming.given_names import given_name_gender
from domain.naming.identity import Identity
from domain.naming.name_index import NameIndex
from domain.naming.name_key import NameKey
from domain.naming.nicknames import full_forms, is_nickname, may_be_same_given_name
from domain.naming.titles import (
    KINSHIP_TITLES,
    SOVEREIGN_TITLES,
    TITLES,
    UNMARRIED_TITLES,
    title_gender,
)

_SPEAKS_BY_SURNAME = 2  # tags: "said Brown" is not said of Mrs. Brown

# A name, and those it may be, best first.
Proposal: TypeAlias = tuple[NameKey, list[NameKey]]


class Proposals:
    """`identity`: whose each name is so far; the rules look at it as it changes."""

    def __init__(self, index: NameIndex, identity: Mapping[NameKey, Identity]) -> None:
        self._index = index
        self._identity = identity

    def __iter__(self) -> Iterator[Proposal]:
        for rule in (
            self._full_names,
            self._shortened_full_names,
            self._bare_given_names,
            self._titled_given_names,
            self._titled_surnames,
            self._bare_surnames,
            self._given_names_of_wives,
            self._surnames_under_other_titles,
            self._full_names_by_nickname,
            self._bare_nicknames,
            self._titles_alone,
        ):
            yield from rule()

    def _full_names(self) -> Iterator[Proposal]:
        for key in self._index.full:
            same = [
                k
                for k in self._index.by_last[key.words[-1]]
                if k != key and _same_full_name(key, k)
            ]
            yield key, self._commonest(same)

    def _shortened_full_names(self) -> Iterator[Proposal]:
        """ "Mary Ann", "Mrs. Peter": the beginning of a longer name."""
        for key in self._index.keys:
            if key.is_full or (key.is_wifes and key.words[-1] not in self._index.surnames):
                longer = [
                    k for k in self._index.full
                    if len(k.words) > len(key.words)
                    and k.words[: len(key.words)] == key.words
                    and (k.is_wifes == key.is_wifes)
                ]  # fmt: skip
                yield key, self._commonest(longer)

    def _titled_given_names(self) -> Iterator[Proposal]:
        for key in self._index.keys:
            if (
                key.titles
                and not key.is_full
                and key.titles[-1] not in SOVEREIGN_TITLES
                and self._index.is_given(key.words[0])
            ):
                word = key.words[0]
                same = [*self._index.by_first.get(word, ()), NameKey((), (word,))]
                yield (
                    key,
                    self._commonest(k for k in same if k in self._index.use and not k.is_wifes),
                )

    def _bare_given_names(self) -> Iterator[Proposal]:
        for key in self._index.bare_given():
            bearers = self._index.by_first.get(key.words[0], ())
            yield key, self._commonest(k for k in bearers if not k.is_wifes)

    def _titled_surnames(self) -> Iterator[Proposal]:
        titled = [k for k in self._index.keys if k.titles and not k.is_full]
        titled.sort(key=_turn_to_choose)
        for key in titled:
            if key.words[-1] in self._index.surnames:
                bearers = self._commonest(self._index.by_last.get(key.words[-1], ()))
                yield key, sorted(bearers, key=lambda k: key.titles[-1] not in k.titles)

    def _bare_surnames(self) -> Iterator[Proposal]:
        bearers: dict[str, list[NameKey]] = defaultdict(list)
        for key in self._index.keys:
            if key.titles or key.is_full:
                bearers[key.words[-1]].append(key)
        for key in self._index.keys:
            word = key.words[-1]
            if not key.titles and not key.is_full and word in self._index.surnames:
                speaks = self._index.use[key].speaks >= _SPEAKS_BY_SURNAME
                yield (
                    key,
                    [
                        k
                        for k in sorted(bearers[word], key=self._by_custom)
                        if not (speaks and title_gender(k.titles) is Gender.FEMALE)
                    ],
                )

    def _by_custom(self, key: NameKey) -> tuple[bool, int]:
        """A surname alone is by custom a man's."""
        female = self._identity[key].gender is Gender.FEMALE
        return female, -self._index.use[key].mentions

    def _given_names_of_wives(self) -> Iterator[Proposal]:
        """ "Mrs. Brown" is "Susan Brown" if no other woman of that name might be she."""
        for key in self._index.keys:
            if key.is_full or not key.is_wifes or self._identity[key].given:
                continue
            women = {
                id(identity): k
                for k in self._index.by_last.get(key.words[-1], ())
                if (identity := self._identity[k]).gender is Gender.FEMALE
                and not k.is_wifes
                and not identity.times_titled(UNMARRIED_TITLES)
                and self._identity.get(NameKey((), k.words[:1])) in (None, identity)
            }
            if len(women) == 1:
                yield key, list(women.values())

    def _surnames_under_other_titles(self) -> Iterator[Proposal]:
        by_words: dict[tuple[str, ...], list[NameKey]] = defaultdict(list)
        for key in self._index.keys:
            if key.titles and not key.is_full:
                by_words[key.words].append(key)
        for keys in by_words.values():
            for key in keys:
                if key.titles[-1] not in KINSHIP_TITLES:
                    yield key, self._commonest(k for k in keys if k != key)

    def _full_names_by_nickname(self) -> Iterator[Proposal]:
        for key in self._index.full:
            same = [
                k for k in self._index.by_last[key.words[-1]]
                if k != key and may_be_same_given_name(key.words[0], k.words[0])
            ]  # fmt: skip
            yield key, self._commonest(same)

    def _bare_nicknames(self) -> Iterator[Proposal]:
        by_form: dict[str, list[NameKey]] = defaultdict(list)
        named: set[str] = set()  # two short forms of a name that nobody bears are two people's
        for key in (*self._index.bare_given(), *self._index.full):
            if not key.is_wifes:
                named.add(key.words[0])
                for form in full_forms(key.words[0]):
                    by_form[form].append(key)
        for key in self._bare_nicknames_or_given():
            same = {
                k
                for form in full_forms(key.words[0])
                for k in by_form[form]
                if form in named or form in (key.words[0], k.words[0])
            } - {key}
            yield key, self._commonest(same)

    def _bare_nicknames_or_given(self) -> list[NameKey]:
        return [
            k
            for k in self._index.keys
            if not k.is_full
            and not k.titles
            and (
                self._index.is_given(k.words[0])
                or (is_nickname(k.words[0]) and k.words[0] not in self._index.surnames)
            )
        ]

    def _titles_alone(self) -> Iterator[Proposal]:
        for key in self._index.keys:
            title = key.words[0]
            if key.titles or key.is_full or title not in TITLES:
                continue
            bearers = self._commonest(k for k in self._index.keys if title in k.titles)
            leading = {id(self._identity[k]): self._identity[k] for k in bearers}
            ranked = sorted((i.mentions for i in leading.values()), reverse=True)
            chief = ranked and title not in KINSHIP_TITLES and ranked[0] > 2 * sum(ranked[1:2])
            if chief or len(ranked) == 1:
                yield key, bearers[:1]

    def _commonest(self, keys: Iterable[NameKey]) -> list[NameKey]:
        return sorted(keys, key=lambda k: (-self._identity[k].mentions, k))


def _turn_to_choose(key: NameKey) -> int:
    """Of several titled alike, Miss has the best claim to a given name and Mrs. the worst."""
    return 0 if key.titles[-1] in UNMARRIED_TITLES else 2 if key.is_wifes else 1


def _same_full_name(one: NameKey, other: NameKey) -> bool:
    if one.is_wifes != other.is_wifes and given_name_gender(one.words[0]) is not Gender.FEMALE:
        return False
    first, second = one.words[0], other.words[0]
    if len(first) == 1 or len(second) == 1:
        return first[0] == second[0]
    return first == second
