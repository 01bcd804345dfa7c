"""Capitalised names in the text, with their titles: what might be somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from adapters.outbound.cast.lexicon.speech import AGENT_VERBS
from adapters.outbound.cast.lexicon.words import DATE_LEADS, MONTH_NAMES, NOT_NAMES, SURNAMES_TOO
from adapters.outbound.cast.tokens import Tokens
from domain.naming.given_names import is_given_name
from domain.naming.name_key import NameKey, in_name_case
from domain.naming.titles import (
    AGE_EPITHETS,
    BARE_ADDRESS,
    EPITHETS,
    PARTICLES,
    SAME_TITLE,
    TITLES,
    TITLES_OF_ESTATE,
    is_abbreviation,
)

_MAX_WORDS = 6
_COMMON = 3  # times as often in small letters as capitalised inside a sentence: no name there
_LEADING_PARTICLES = frozenset({"van", "der", "von", "du", "della"})


class NameMention(NamedTuple):
    """Words `first` to `last` (exclusive) of the tokens, epithets included."""

    first: int
    last: int
    key: NameKey


class WordUse(NamedTuple):
    """How a text writes its words: counts in small letters, and capitalised inside a sentence."""

    small: Counter[str]
    capital: Counter[str]
    surnames: frozenset[str] = frozenset()  # everyday words that are somebody's surname here

    def is_mostly_small(self, word: str) -> bool:
        return self.small[word.lower()] > _COMMON * self.capital[word]


def word_use(tokens: Tokens) -> WordUse:
    words, opens = tokens.words, tokens.opens_sentence
    small = Counter(word for word in words if word[0].islower())
    capital = Counter(word for i, word in enumerate(words) if word[0].isupper() and not opens[i])
    surnames = frozenset(
        word
        for i, word in enumerate(words)
        if word in SURNAMES_TOO
        and i
        and is_given_name(words[i - 1])
        and tokens.gaps[i] == " "
        and small[word.lower()]
    )
    return WordUse(small, capital, surnames)


def find_names(tokens: Tokens, use: WordUse) -> list[NameMention]:
    return list(_scan(tokens, use))


def _scan(tokens: Tokens, use: WordUse) -> Iterator[NameMention]:
    words = tokens.words
    i, count = 0, len(words)
    while i < count:
        if words[i][0].isupper():
            mention = _name_at(tokens, use, i)
            if mention is not None:
                yield _with_particles(tokens, mention)
                i = mention.last
                continue
        i += 1


def _name_at(tokens: Tokens, use: WordUse, first: int) -> NameMention | None:
    """The name that begins at a capitalised word; its titles and epithets come first."""
    words = tokens.words
    i = first
    titles: list[str] = []
    while i < len(words) and len(titles) < 3:
        word = in_name_case(words[i])
        if i > first and not _joins(tokens, i):
            break
        if word in EPITHETS:
            if word not in AGE_EPITHETS and i == first:
                first += 1
        elif word in TITLES:
            titles.append(SAME_TITLE.get(word, word))
        else:
            break
        i += 1
        if tokens.possessive[i - 1]:
            break
    of_estate = bool(titles) and titles[-1] in TITLES_OF_ESTATE and _is_of(tokens, i)
    start = i + of_estate
    parts, last = _parts(tokens, use, start, titled=bool(titles), joined=start > first)
    if not parts:
        return _title_alone(tokens, titles, first, i)
    return NameMention(first, last, NameKey(tuple(titles), tuple(parts)))


def _is_of(tokens: Tokens, i: int) -> bool:
    """Whether "of" and a capitalised word follow a title: "Duchess of Kent"."""
    return (
        i + 1 < len(tokens)
        and tokens.words[i] == "of"
        and tokens.gaps[i] == tokens.gaps[i + 1] == " "
        and tokens.words[i + 1][0].isupper()
        and not tokens.possessive[i - 1]
    )


def _with_particles(tokens: Tokens, mention: NameMention) -> NameMention:
    """The name with the "van der" before it, where no title or given name has taken that in."""
    first, key = mention.first, mention.key
    while (
        not key.titles
        and first > 0
        and tokens.words[first - 1] in _LEADING_PARTICLES
        and tokens.gaps[first] == " "
    ):
        first -= 1
        key = NameKey((), (tokens.words[first], *key.words))
    return NameMention(first, mention.last, key)


def _title_alone(tokens: Tokens, titles: list[str], first: int, last: int) -> NameMention | None:
    """'the Captain', 'Mother': the title is all the name there is."""
    if not titles or titles[-1] in BARE_ADDRESS or tokens.words[first] in EPITHETS:
        return None
    return NameMention(last - 1, last, NameKey((), (titles[-1],)))


def _parts(
    tokens: Tokens, use: WordUse, start: int, *, titled: bool, joined: bool
) -> tuple[list[str], int]:
    """The words of the name proper from `start`, and the index after the last."""
    words = tokens.words
    parts: list[str] = []
    last = i = start
    while i < len(words) and len(parts) < _MAX_WORDS:
        if (parts or joined) and not _joins(tokens, i):
            break
        word = words[i]
        if word in PARTICLES and (parts or titled) and i + 1 < len(words):
            following = words[i + 1]
            if not (following[0].isupper() or following in PARTICLES) or tokens.gaps[i + 1] != " ":
                break
        elif not _is_name_word(tokens, use, i, named=bool(parts) or titled):
            break
        parts.append(in_name_case(word))
        i += 1
        if word not in PARTICLES:
            last = i
        if tokens.possessive[i - 1]:
            break
    parts = parts[: last - start]
    return (parts, last) if parts and any(len(p) > 1 for p in parts) else ([], start)


def _joins(tokens: Tokens, i: int) -> bool:
    """Whether word i can go on with a name that word i-1 is part of."""
    gap = tokens.gaps[i]
    if gap in (" ", "\n", "  "):
        return True
    return gap.strip(" \n") == "." and gap.count("\n") < 2 and is_abbreviation(tokens.words[i - 1])


def _is_name_word(tokens: Tokens, use: WordUse, i: int, *, named: bool) -> bool:
    word = tokens.words[i]
    if word in MONTH_NAMES and not named:
        return _is_person_not_month(tokens, i)
    if not word[0].isupper():
        return False
    if word in NOT_NAMES and not (
        (named and _may_follow_name(word)) or (word in use.surnames and _is_distinct(tokens, i))
    ):
        return False
    if word.isupper() and len(word) > 1:
        name = word.capitalize()
        return name not in NOT_NAMES and (name in use.capital or is_given_name(name))
    if len(word) == 1:
        return tokens.gaps[i + 1].startswith(".")
    if tokens.opens_sentence[i] and not named and use.is_mostly_small(word):
        return False
    return not (named and not is_given_name(word) and use.is_mostly_small(word))


def _is_distinct(tokens: Tokens, i: int) -> bool:
    """Whether the capital tells: inside a sentence, and not that of "the Church"."""
    return not tokens.opens_sentence[i] and tokens.lower(i - 1) not in ("the", "a", "this", "our")


def _is_person_not_month(tokens: Tokens, i: int) -> bool:
    """May or June the person: no date about it, and no sentence that "May" opens as a verb."""
    if i and tokens.lower(i - 1) in DATE_LEADS and tokens.gaps[i] in (" ", "\n"):
        return False
    after = tokens.gaps[i + 1]
    if any(c.isdigit() for c in after + tokens.gaps[i]):
        return False
    if not tokens.opens_sentence[i]:
        return True
    following = tokens.words[i + 1] if i + 1 < len(tokens) else ""
    return bool(tokens.possessive[i]) or after[:1] in ",!" or following in AGENT_VERBS


def _may_follow_name(word: str) -> bool:
    return word in SURNAMES_TOO or is_given_name(word)
