"""Words of others made fit to stand in a prompt: data, never instructions."""

from __future__ import annotations

LONGEST_NAME = 120  # code points
_INNER_MARKS = str.maketrans('“”"', "‘’'")


def one_line(text: str, limit: int = LONGEST_NAME) -> str:
    """Words from a book made fit to stand in a prompt: no line break that could pass for ours."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def as_data(text: str) -> str:
    """The text so that it cannot close the element it stands in."""
    return text.replace("<", "‹").replace(">", "›")


def titled(title: str, author: str) -> str:
    """“Emma” by Jane Austen: no mark in the title can end the quotation."""
    quoted = as_data(one_line(title)).translate(_INNER_MARKS)
    return f"“{quoted}” by {as_data(one_line(author))}" if author else f"“{quoted}”"
