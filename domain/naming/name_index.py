"""The names of a text by their words, and what that tells of each word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Protocol

from domain.naming.given_names import is_given_name
from domain.naming.name_key import NameKey
from domain.naming.titles import GIVEN_NAME_TITLES


class NameUse(Protocol):
    """How often a name stands in a text."""

    @property
    def mentions(self) -> int: ...

    @property
    def narrated(self) -> int:
        """Outside direct speech."""

    @property
    def speaks(self) -> int:
        """Times that a speech tag names a speaker by it."""


class NameIndex:
    """Names by falling number of mentions.

    `full`: those of a given name and a surname; `by_first`, `by_last`: these by their first and
    last word; `surnames`: the words that are surnames; `beginnings`: the words that longer names
    begin with.
    """

    def __init__(self, use: Mapping[NameKey, NameUse]) -> None:
        self.use = use
        self.keys = sorted(use, key=lambda key: (-use[key].mentions, key))
        self.full = [k for k in self.keys if k.is_full]
        self.by_last: dict[str, list[NameKey]] = defaultdict(list)
        self.by_first: dict[str, list[NameKey]] = defaultdict(list)
        for key in self.full:
            self.by_last[key.words[-1]].append(key)
            self.by_first[key.words[0]].append(key)
        self.surnames = self._find_surnames()
        self.beginnings = {k.words[:n] for k in self.full for n in range(2, len(k.words))}

    def _find_surnames(self) -> set[str]:
        last = {key.words[-1] for key in self.full}
        titled = {
            key.words[-1]
            for key in self.keys
            if not key.is_full
            and ((key.titles and key.titles[-1] not in GIVEN_NAME_TITLES) or len(key.words) > 1)
        }
        return last | {w for w in titled if w not in self.by_first}

    def is_given(self, word: str) -> bool:
        """Whether a word alone is taken for a given name."""
        if word in self.by_first and not is_given_name(word):
            as_first = sum(self.use[k].mentions for k in self.by_first[word] if not k.is_wifes)
            as_last = sum(self.use[k].mentions for k in self.by_last.get(word, ()))
            return as_first > as_last
        if word in self.by_first:
            return True
        return is_given_name(word) and word not in self.surnames

    def bare_given(self) -> list[NameKey]:
        return [
            k for k in self.keys if not k.is_full and not k.titles and self.is_given(k.words[0])
        ]
