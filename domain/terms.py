"""Terms: what is left of words for searching, once endings, accents and small words are gone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache

from domain.span import Span
from domain.stemming import stem

_WORD = re.compile(r"[^\W_]+")

# Words that tell nothing of what a passage is about, those that questions are made of, and what an
# apostrophe leaves of them ("didn't").
_STOP_WORDS = """
    a about after again all also am an and any are as at be because been before being both but by
    can could d did do does doing don done down during each few for from had has have having he
    her here hers him his how i if in into is it its just ll m may me might mine more most must my
    no nor not now o of off on once only or other our ours out over own re s same shall she should
    so some such t than that the their theirs them then there these they this those through to too
    under up us ve very was we were what when where which while who whom whose why will with would
    you your yours happen happened happens
    ain aren couldn didn doesn hadn hasn haven isn mustn needn shan shouldn wasn weren wouldn
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def terms(text: str) -> list[str]:
    """The terms of a text, in order; those that are no use to a search are left out."""
    return [term for word in _WORD.findall(text) if (term := term_of(word))]


def searchable_words(text: str) -> list[str]:
    """The words of a text as they stand there, stop words left out."""
    return [span.of(text) for span in words_for_search(text)]


def words_for_search(text: str) -> Iterator[Span]:
    """Where they stand, stop words left out."""
    for match in _WORD.finditer(text):
        if term_of(match.group()):
            yield Span(*match.span())


def occurrences(text: str, wanted: Collection[str]) -> Iterator[Span]:
    """Where words of the wanted terms stand."""
    for match in _WORD.finditer(text):
        if term_of(match.group()) in wanted:
            yield Span(*match.span())


@lru_cache(maxsize=1 << 16)
def term_of(word: str) -> str:
    """The term of one word, "" for a stop word."""
    folded = _without_accents(word.casefold())
    return "" if folded in STOP_WORDS else stem(folded)


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
