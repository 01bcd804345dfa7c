"""A name taken apart: its titles and its words."""

from __future__ import annotations

from typing import NamedTuple

from domain.naming.titles import MARRIED_TITLES, PARTICLES, SURNAME_LEADS


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
