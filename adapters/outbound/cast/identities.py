"""Which names are one person's: titles, surnames, given names, nicknames, families.

Each name proposes to join others, surest proposals first; a proposal fails if the two sides cannot
be one person (gender, marriage, other given names) or if the text keeps them apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from adapters.outbound.cast.apartness import Apartness
from adapters.outbound.cast.evidence import Evidence
from adapters.outbound.cast.genders import PronounCounts, gender_by_name
from adapters.outbound.cast.lexicon.given_names import given_name_gender, is_given_name
from adapters.outbound.cast.lexicon.nicknames import (
    full_forms,
    is_nickname,
    may_be_same_given_name,
)
from adapters.outbound.cast.lexicon.people import (
    GIVEN_NAME_TITLES,
    KINSHIP_TITLES,
    MARRIED_TITLES,
    OFFICES,
    SOVEREIGN_TITLES,
    TITLES,
    UNMARRIED_TITLES,
    title_gender,
)
from adapters.outbound.cast.names import NameKey
from domain.cast import Gender

_IN_PASSING = 2  # mentions by a title that prove nothing
_OFTEN = 15  # narrated mentions
_AS_OFTEN = 0.3  # of the other way
_SELDOM = 0.1
_SPEAKS_BY_SURNAME = 2  # tags: "said Brown" is not said of Mrs. Brown
_CLASHES = (
    (MARRIED_TITLES, UNMARRIED_TITLES, _IN_PASSING),
    (SOVEREIGN_TITLES, frozenset(TITLES) - SOVEREIGN_TITLES, 0),
)


@dataclass(slots=True)
class Identity:
    """The names taken to be one person's."""

    keys: set[NameKey]
    mentions: int
    title_genders: Counter[Gender] = field(default_factory=Counter)
    name_genders: Counter[Gender] = field(default_factory=Counter)
    surnames: set[str] = field(default_factory=set)  # those that follow a given name
    given: set[str] = field(default_factory=set)
    titles: Counter[str] = field(default_factory=Counter)
    narrated_by_given_name: int = 0
    narrated_by_titled_surname: int = 0

    @property
    def title_gender(self) -> Gender | None:
        return max(self.title_genders, key=lambda g: self.title_genders[g], default=None)

    @property
    def name_gender(self) -> Gender | None:
        return max(self.name_genders, key=lambda g: self.name_genders[g], default=None)

    @property
    def gender(self) -> Gender | None:
        return self.title_gender or self.name_gender

    def times_titled(self, titles: frozenset[str]) -> int:
        return sum(count for title, count in self.titles.items() if title in titles)


def cluster(
    evidence: Mapping[NameKey, Evidence], apart: Apartness, pronouns: PronounCounts
) -> list[Identity]:
    """Partition of the names, by falling number of mentions."""
    return _Clustering(evidence, apart, pronouns).run()


class _Clustering:
    def __init__(
        self, evidence: Mapping[NameKey, Evidence], apart: Apartness, pronouns: PronounCounts
    ) -> None:
        self._evidence = evidence
        self._pronouns = pronouns
        self._apart = apart
        self._keys = sorted(evidence, key=lambda key: (-evidence[key].mentions, key))
        self._full = [k for k in self._keys if k.is_full]
        self._by_last: dict[str, list[NameKey]] = defaultdict(list)
        self._by_first: dict[str, list[NameKey]] = defaultdict(list)
        for key in self._full:
            self._by_last[key.words[-1]].append(key)
            self._by_first[key.words[0]].append(key)
        self._surnames = self._find_surnames()
        self._beginnings = {k.words[:n] for k in self._full for n in range(2, len(k.words))}
        self._identity = {key: self._singleton(key) for key in self._keys}

    def run(self) -> list[Identity]:
        for step in (
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
            for key, others in step():
                self._join_first(key, others)
        unique = {id(identity): identity for identity in self._identity.values()}
        return sorted(unique.values(), key=lambda identity: -identity.mentions)

    def _find_surnames(self) -> set[str]:
        last = {key.words[-1] for key in self._full}
        titled = {
            key.words[-1]
            for key in self._keys
            if not key.is_full
            and ((key.titles and key.titles[-1] not in GIVEN_NAME_TITLES) or len(key.words) > 1)
        }
        return last | {w for w in titled if w not in self._by_first}

    def _is_given(self, word: str) -> bool:
        """Whether a word alone is taken for a given name."""
        if word in self._by_first and not is_given_name(word):
            as_first = sum(
                self._evidence[k].mentions for k in self._by_first[word] if not _is_wifes(k)
            )
            as_last = sum(self._evidence[k].mentions for k in self._by_last.get(word, ()))
            return as_first > as_last
        if word in self._by_first:
            return True
        return is_given_name(word) and word not in self._surnames

    def _singleton(self, key: NameKey) -> Identity:
        evidence = self._evidence[key]
        identity = Identity({key}, evidence.mentions)
        identity.titles.update(dict.fromkeys(key.titles, evidence.mentions))
        gender = title_gender(key.titles)
        first = key.words[0]
        if gender is not None:
            identity.title_genders[gender] = evidence.mentions
        given = key.is_full or self._is_given(first)
        if given and not _is_wifes(key):
            named = gender_by_name(first, self._pronouns_of(key))
            if named is not None and gender is None:
                identity.name_genders[named] = evidence.mentions
            if len(first) > 1 and first not in TITLES:
                identity.given.add(first)
            if key.is_full and key.words not in self._beginnings:
                identity.surnames.add(key.words[-1])
        if not key.is_full:
            if given and not key.titles:
                identity.narrated_by_given_name = evidence.narrated
            elif not given and key.titles:
                identity.narrated_by_titled_surname = evidence.narrated
        return identity

    def _pronouns_of(self, key: NameKey) -> Counter[Gender]:
        """Those of the name, and of its given name alone."""
        counts: Counter[Gender] = Counter()
        for form in {key, NameKey((), key.words[:1])}:
            for gender, count in self._pronouns.get(form, {}).items():
                counts[gender] += count  # type: ignore[assignment]
        return counts

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
        return (
            _genders_agree(one, other)
            and not _titles_clash(one, other)
            and not _mother_and_daughter(one, other)
            and _given_names_agree(one, other)
            and _surnames_agree(one, other)
            and not _narrated_both_ways(one, other)
            and not self._apart.are_apart(one.keys, other.keys)
        )

    # Proposals: (a name, those it may be, best first).

    def _full_names(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        for key in self._full:
            same = [k for k in self._by_last[key.words[-1]] if k != key and _same_full_name(key, k)]
            yield key, self._commonest(same)

    def _shortened_full_names(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        """ "Mary Ann", "Mrs. Peter": the beginning of a longer name."""
        for key in self._keys:
            if key.is_full or (_is_wifes(key) and key.words[-1] not in self._surnames):
                longer = [
                    k for k in self._full
                    if len(k.words) > len(key.words)
                    and k.words[: len(key.words)] == key.words
                    and (_is_wifes(k) == _is_wifes(key))
                ]  # fmt: skip
                yield key, self._commonest(longer)

    def _titled_given_names(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        for key in self._keys:
            if (
                key.titles
                and not key.is_full
                and key.titles[-1] not in SOVEREIGN_TITLES
                and self._is_given(key.words[0])
            ):
                word = key.words[0]
                same = [*self._by_first.get(word, ()), NameKey((), (word,))]
                yield (
                    key,
                    self._commonest(k for k in same if k in self._evidence and not _is_wifes(k)),
                )

    def _bare_given_names(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        for key in self._bare_given():
            bearers = self._by_first.get(key.words[0], ())
            yield key, self._commonest(k for k in bearers if not _is_wifes(k))

    def _titled_surnames(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        titled = [k for k in self._keys if k.titles and not k.is_full]
        titled.sort(key=_turn_to_choose)
        for key in titled:
            if key.words[-1] in self._surnames:
                bearers = self._commonest(self._by_last.get(key.words[-1], ()))
                yield key, sorted(bearers, key=lambda k: key.titles[-1] not in k.titles)

    def _bare_surnames(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        bearers: dict[str, list[NameKey]] = defaultdict(list)
        for key in self._keys:
            if key.titles or key.is_full:
                bearers[key.words[-1]].append(key)
        for key in self._keys:
            word = key.words[-1]
            if not key.titles and not key.is_full and word in self._surnames:
                speaks = self._evidence[key].speaks >= _SPEAKS_BY_SURNAME
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
        return female, -self._evidence[key].mentions

    def _given_names_of_wives(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        """ "Mrs. Brown" is "Susan Brown" if no other woman of that name might be she."""
        for key in self._keys:
            if key.is_full or not _is_wifes(key) or self._identity[key].given:
                continue
            women = {
                id(identity): k
                for k in self._by_last.get(key.words[-1], ())
                if (identity := self._identity[k]).gender is Gender.FEMALE
                and not _is_wifes(k)
                and not identity.times_titled(UNMARRIED_TITLES)
                and self._identity.get(NameKey((), k.words[:1])) in (None, identity)
            }
            if len(women) == 1:
                yield key, list(women.values())

    def _surnames_under_other_titles(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        by_words: dict[tuple[str, ...], list[NameKey]] = defaultdict(list)
        for key in self._keys:
            if key.titles and not key.is_full:
                by_words[key.words].append(key)
        for keys in by_words.values():
            for key in keys:
                if key.titles[-1] not in KINSHIP_TITLES:
                    yield key, self._commonest(k for k in keys if k != key)

    def _full_names_by_nickname(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        for key in self._full:
            same = [
                k for k in self._by_last[key.words[-1]]
                if k != key and may_be_same_given_name(key.words[0], k.words[0])
            ]  # fmt: skip
            yield key, self._commonest(same)

    def _bare_nicknames(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        by_form: dict[str, list[NameKey]] = defaultdict(list)
        named: set[str] = set()  # two short forms of a name that nobody bears are two people's
        for key in (*self._bare_given(), *self._full):
            if not _is_wifes(key):
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

    def _bare_given(self) -> list[NameKey]:
        return [
            k for k in self._keys if not k.is_full and not k.titles and self._is_given(k.words[0])
        ]

    def _bare_nicknames_or_given(self) -> list[NameKey]:
        return [
            k
            for k in self._keys
            if not k.is_full
            and not k.titles
            and (
                self._is_given(k.words[0])
                or (is_nickname(k.words[0]) and k.words[0] not in self._surnames)
            )
        ]

    def _titles_alone(self) -> Iterator[tuple[NameKey, list[NameKey]]]:
        for key in self._keys:
            title = key.words[0]
            if key.titles or key.is_full or title not in TITLES:
                continue
            bearers = self._commonest(k for k in self._keys if title in k.titles)
            leading = {id(self._identity[k]): self._identity[k] for k in bearers}
            ranked = sorted((i.mentions for i in leading.values()), reverse=True)
            chief = ranked and title not in KINSHIP_TITLES and ranked[0] > 2 * sum(ranked[1:2])
            if chief or len(ranked) == 1:
                yield key, bearers[:1]

    def _commonest(self, keys: Iterable[NameKey]) -> list[NameKey]:
        return sorted(keys, key=lambda k: (-self._identity[k].mentions, k))


def _genders_agree(one: Identity, other: Identity) -> bool:
    return one.gender is None or other.gender is None or one.gender is other.gender


def _titles_clash(one: Identity, other: Identity) -> bool:
    """Mrs. and Miss, a lady and an officer, a king and a commoner.

    Now and then a heroine marries in passing.
    """
    if any(
        a.times_titled(OFFICES) and a.gender is None and b.gender is Gender.FEMALE
        for a, b in ((one, other), (other, one))
    ):
        return True
    return any(
        a.times_titled(some) > few and b.times_titled(others) > few
        for a, b in ((one, other), (other, one))
        for some, others, few in _CLASHES
    )


def _mother_and_daughter(one: Identity, other: Identity) -> bool:
    """Mrs. and Miss of one surname; the wife of one may have been the daughter of another."""
    return any(
        not _surnames_under(a, MARRIED_TITLES).isdisjoint(_surnames_under(b, UNMARRIED_TITLES))
        for a, b in ((one, other), (other, one))
    )


def _surnames_under(identity: Identity, titles: frozenset[str]) -> set[tuple[str, ...]]:
    return {k.words for k in identity.keys if k.titles and k.titles[-1] in titles}


def _narrated_both_ways(one: Identity, other: Identity) -> bool:
    """A narrator who keeps to Tom here and to Mr. Brown there means two people."""
    for a, b in ((one, other), (other, one)):
        given, titled = a.narrated_by_given_name, b.narrated_by_titled_surname
        share = _AS_OFTEN
        if b.times_titled(MARRIED_TITLES) and not a.times_titled(MARRIED_TITLES):
            if given >= _OFTEN and titled < _SELDOM * given:
                return True
            share = 0.0 if given > titled else _AS_OFTEN  # more likely the mother or wife
        if min(given, titled) >= _OFTEN and min(given, titled) >= share * max(given, titled):
            return True
    return False


def _given_names_agree(one: Identity, other: Identity) -> bool:
    if not one.given or not other.given:
        return True
    return any(may_be_same_given_name(a, b) for a in one.given for b in other.given)


def _turn_to_choose(key: NameKey) -> int:
    """Of several titled alike, Miss has the best claim to a given name and Mrs. the worst."""
    return 0 if key.titles[-1] in UNMARRIED_TITLES else 2 if _is_wifes(key) else 1


def _surnames_agree(one: Identity, other: Identity) -> bool:
    return not one.surnames or not other.surnames or not one.surnames.isdisjoint(other.surnames)


def _is_wifes(key: NameKey) -> bool:
    """'Mrs. John Dashwood' is not John."""
    return any(title in MARRIED_TITLES for title in key.titles)


def _same_full_name(one: NameKey, other: NameKey) -> bool:
    if _is_wifes(one) != _is_wifes(other) and given_name_gender(one.words[0]) is not Gender.FEMALE:
        return False
    first, second = one.words[0], other.words[0]
    if len(first) == 1 or len(second) == 1:
        return first[0] == second[0]
    return first == second
