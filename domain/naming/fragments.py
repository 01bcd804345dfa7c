"""People whom an extractor found in several pieces, by their names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from domain.cast import Gender
from domain.naming.clustering import cluster
from domain.naming.given_names import is_given_name
from domain.naming.identity import Identity
from domain.naming.name_key import NameKey, name_key
from domain.naming.nicknames import may_be_same_given_name

K = TypeVar("K", bound=Hashable)

_MAIN = 0.5  # of a piece's mentions by name that its chief name must have


@dataclass(frozen=True, slots=True)
class Piece:
    """Somebody as found: times called by each name, times meant by pronouns of each gender."""

    names: Mapping[str, int]
    pronouns: Mapping[Gender, int]

    @property
    def mentions(self) -> int:
        return sum(self.names.values()) + sum(self.pronouns.values())

    @property
    def gender(self) -> Gender | None:
        """By the pronouns, if most agree."""
        most = max(self.pronouns, key=lambda g: self.pronouns[g], default=None)
        if most is None or 2 * self.pronouns[most] <= sum(self.pronouns.values()):
            return None
        return most


def join_fragments(pieces: Mapping[K, Piece]) -> dict[K, K]:
    """Each piece that is another's part -> the one with the most mentions of that person.

    A piece goes by its chief name. One that holds the names of several people alike stays what it
    is, for it would draw all of them together.
    """
    keys = {piece: key for piece, found in pieces.items() if (key := _chief(found)) is not None}
    whose = {key: identity for identity in _identities(pieces) for key in identity.keys}
    groups: dict[int, list[K]] = defaultdict(list)
    for piece, key in keys.items():
        groups[id(whose[key])].append(piece)
    joined: dict[K, K] = {}
    for group in groups.values():
        first, *others = sorted(group, key=lambda piece: -pieces[piece].mentions)
        for piece in others:
            if _may_be_part(pieces[piece], keys[piece], pieces[first]):
                joined[piece] = first
    return joined


def _may_be_part(piece: Piece, chief: NameKey, whole: Piece) -> bool:
    """Whether the extractor had no good reason to keep the two apart.

    Where both are called by one and the same name, it had; and a surname alone may be any of the
    family's, or the family, unless pronouns tell who.
    """
    if not piece.names.keys().isdisjoint(whole.names):
        return False
    if piece.gender is not None and whole.gender is not None:
        return piece.gender is whole.gender
    return bool(chief.titles) or chief.is_full or _is_given_name_of(chief.words[0], whole)


def _is_given_name_of(word: str, piece: Piece) -> bool:
    given = (key.words[0] for key in _by_key(piece) if key.is_full or not key.titles)
    return is_given_name(word) and any(may_be_same_given_name(word, name) for name in given)


@dataclass(slots=True)
class _Use:
    mentions: int = 0
    narrated: int = 0
    speaks: int = 0


class _NeverApart:
    def are_apart(self, some: Collection[NameKey], others: Collection[NameKey], /) -> bool:
        return False


def _identities(pieces: Mapping[K, Piece]) -> list[Identity]:
    use: dict[NameKey, _Use] = defaultdict(_Use)
    pronouns: dict[NameKey, Counter[Gender]] = defaultdict(Counter)
    for piece in pieces.values():
        chief = _chief(piece)
        for key, count in _by_key(piece).items():
            use[key].mentions += count
            use[key].narrated += count
            if key == chief:
                pronouns[key].update(piece.pronouns)
    return cluster(use, _NeverApart(), pronouns)


def _chief(piece: Piece) -> NameKey | None:
    by_key = _by_key(piece)
    if not by_key:
        return None
    key, count = by_key.most_common(1)[0]
    return key if count >= _MAIN * by_key.total() else None


def _by_key(piece: Piece) -> Counter[NameKey]:
    counts: Counter[NameKey] = Counter()
    for name, count in piece.names.items():
        key = name_key(name)
        if key is not None:
            counts[key] += count
    return counts
