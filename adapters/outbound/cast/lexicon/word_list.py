"""Word lists written as text."""

from __future__ import annotations


def word_list(text: str) -> frozenset[str]:
    """The words of a text that white space parts."""
    return frozenset(text.split())
