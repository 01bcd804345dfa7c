"""Whether what a model wrote of a character may become part of a prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.typography import find_words, fold
from domain.wording import words

LONGEST = 4_000  # code points of a portrait
SHORTEST = 120
_LONG_QUOTATION = 4  # words: fewer are an expression, not a quotation

_REFUSES = re.compile(
    r"^\W*(?:i['’]?m sorry|i am sorry|sorry\b|i (?:cannot|can['’]t|can not|won['’]t|am unable)"
    r"|as an ai\b|unfortunately\b)",
    re.IGNORECASE,
)
# What no portrait needs, and what text that was taken for an instruction leaves behind.
_TAKES_OVER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:instructions?|rules|prompts?)\b"
    r"|\bsystem prompt\b|\bdeveloper mode\b|https?://|www\.|!\[|\]\(|```|<\/?[a-z]|‹\/?[a-z]",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")


def takes_over(text: str) -> bool:
    """Whether it holds orders to a model, addresses of the web, or markup."""
    return _TAKES_OVER.search(text) is not None


def fault_of(portrait: str, names: Sequence[str], shown: Sequence[str]) -> str | None:
    """What is wrong with it, as the end of a sentence; None if nothing is.

    `names`: what the character is called. `shown`: the words of the book that the model was given.
    """
    length = len(portrait.strip())
    if _REFUSES.search(portrait):
        return "it is a refusal"
    if length < SHORTEST:
        return "it is too short"
    if length > LONGEST:
        return "it is too long"
    if takes_over(portrait):
        return "it holds orders, addresses or markup"
    portrayed = portrait.casefold()
    if not any(name.casefold() in portrayed for name in names if name.strip()):
        return "it does not name the character"
    if _invented(portrait, shown):
        return "it quotes words that the book does not have"
    return None


def _invented(portrait: str, shown: Sequence[str]) -> bool:
    quoted = [a or b for a, b in _QUOTED.findall(portrait)]
    long = [q for q in quoted if len(words(q)) >= _LONG_QUOTATION]
    book = fold("\n".join(shown)) if long else None
    return book is not None and any(find_words(q, book) is None for q in long)
