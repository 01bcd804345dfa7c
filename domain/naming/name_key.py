"""A name taken apart: its titles and its words."""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.naming.titles import (
    BARE_ADDRESS,
    EPITHETS,
    MARRIED_TITLES,
    PARTICLES,
    SAME_TITLE,
    SURNAME_LEADS,
    TITLES,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’\-](?![sS]\b)[^\W\d_]+)*")
_BETWEEN = frozenset({" ", ". "})
_LEADS = frozenset({"the", "a", "an", "my", "his", "her", "our", "your", "their", "that", "this"})
_DETERMINED = frozenset({"the", "a", "an"})


class NameKey(NamedTuple):
    """A way of naming: titles in one spelling, then the words. ('Mr',) ('E', 'Childers')."""

    titles: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def is_full(self) -> bool:
        """Whether more than a surname or a given name alone; "van der Berg" is a surname."""
        first = self.words[0]
        return len(self.words) > 1 and first not in PARTICLES and first not in SURNAME_LEADS

    @property
    def is_wifes(self) -> bool:
        """ "Mrs. John Dashwood" is not John."""
        return any(title in MARRIED_TITLES for title in self.titles)


def name_key(name: str) -> NameKey | None:
    """A name as written, with what stands before it: "poor old Captain Ross".

    None where no name stands in it: "the Rosses" are several, "Mr." and "her aunt" nobody by name.
    """
    words = [in_name_case(word) for word in _words(name)]
    lead = words[0].lower() if words else ""
    while words and (words[0] in _LEADS or words[0].capitalize() in EPITHETS | {"The"}):
        words = words[1:]
    titles: list[str] = []
    while words and words[0] in TITLES:
        titles.append(SAME_TITLE.get(words[0], words[0]))
        words = words[1:]
    if not words and titles and titles[-1] not in BARE_ADDRESS:
        return NameKey((), (titles[-1],))
    if not words or not all(w[0].isupper() or w in PARTICLES for w in words):
        return None
    if lead in _DETERMINED and not titles and words[-1].endswith("s"):
        return None
    return NameKey(tuple(titles), tuple(words))


def _words(name: str) -> list[str]:
    """Up to the first mark that no name goes over."""
    words: list[str] = []
    end = 0
    for match in _WORD.finditer(name):
        if words and re.sub(r"\s+", " ", name[end : match.start()]) not in _BETWEEN:
            break
        words.append(match[0].replace("’", "'"))
        end = match.end()
    return words


def in_name_case(word: str) -> str:
    """As a name is written where it does not stand in capitals."""
    if word.isupper() and len(word) > 1:
        return word.capitalize()
    if word[:2] == "Mc" and word[2:].isupper():
        return word[:3] + word[3:].lower()
    return word
