"""What the places where a name stands say about whether it is somebody."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from adapters.outbound.cast.lexicon.speech import AGENT_VERBS, STRONG_SPEECH_VERBS
from adapters.outbound.cast.lexicon.words import (
    DIRECTIONALS,
    LOCATIVES,
    PLACE_HEADS,
    PLACES,
    VOCATIVE_LEADS,
)
from adapters.outbound.cast.names import NameMention, WordUse
from adapters.outbound.cast.tokens import Tokens
from domain.naming.given_names import is_given_name
from domain.naming.name_key import NameKey
from domain.naming.titles import SAME_TITLE, TITLES

_PLAIN = (" ", "\n", "  ")
_TITLE_WORDS = frozenset(SAME_TITLE.get(title, title) for title in TITLES)
_SURE_TO_SPEAK = 3  # tags
_LOCATED = 0.2  # of the mentions that "in" or "at" goes before
_SMALL = 0.5  # times in small letters to one with a capital
_ONE_OF_MANY = 0.15
_PEOPLES = re.compile(r"(?:[ei]an|[ei]ans|ese|ish)$")
_PERSONAL = 0.15  # least evidence a mention that a name without a tag needs


@dataclass(slots=True)
class Evidence:
    """Counts over the mentions of one name."""

    mentions: int = 0
    narrated: int = 0  # outside direct speech
    inside_sentence: int = 0  # where a capital is not the sentence's
    speaks: int = 0  # beside a verb of speech, in narration
    acts: int = 0  # before a verb of doing
    addressed: int = 0  # spoken to, in direct speech
    owns: int = 0  # "Tom's"
    located: float = 0.0  # "in London"; "to London" counts half
    with_article: int = 0  # "the Queen"
    one_of_many: int = 0  # "a Turk"

    @property
    def personal(self) -> float:
        return 3 * self.speaks + 2 * self.addressed + self.acts + 0.5 * self.owns


def gather_evidence(tokens: Tokens, mentions: Iterable[NameMention]) -> dict[NameKey, Evidence]:
    evidence: dict[NameKey, Evidence] = defaultdict(Evidence)
    for mention in mentions:
        _add(evidence[mention.key], tokens, mention)
    return dict(evidence)


def _add(evidence: Evidence, tokens: Tokens, mention: NameMention) -> None:
    words, gaps = tokens.words, tokens.gaps
    first, last = mention.first, mention.last
    previous = words[first - 1].lower() if first and gaps[first] in _PLAIN else ""
    following = words[last] if last < len(words) and gaps[last] in _PLAIN else ""
    quoted = bool(tokens.quoted[first])
    evidence.mentions += 1
    evidence.narrated += not quoted
    evidence.inside_sentence += not tokens.opens_sentence[first]
    evidence.located += (previous in LOCATIVES) + 0.5 * (previous in DIRECTIONALS)
    evidence.with_article += previous == "the"
    evidence.one_of_many += previous in ("a", "an", "another", "two", "three")
    if tokens.possessive[last - 1]:
        evidence.owns += 1
    elif following in AGENT_VERBS or (following.endswith("ed") and following.islower()):
        evidence.acts += 1
    if quoted:
        evidence.addressed += is_vocative(tokens, first, last)
    else:
        before = previous
        if previous == "the" and first > 1:
            before = words[first - 2].lower()
        if before in STRONG_SPEECH_VERBS or (
            following in STRONG_SPEECH_VERBS and not tokens.possessive[last - 1]
        ):
            evidence.speaks += 1


def is_vocative(tokens: Tokens, first: int, last: int) -> bool:
    """Whether words first:last, inside speech, are cut off by marks as a person spoken to is."""
    if tokens.possessive[last - 1] or not _ends_vocative(tokens.gaps[last]):
        return False
    if tokens.opens_sentence[first] and tokens.gaps[last].lstrip()[:1] in (".", ";", ":"):
        return False  # an answer or a list, not a call
    gap = tokens.gaps[first]
    if gap in _PLAIN:
        return first > 0 and tokens.lower(first - 1) in VOCATIVE_LEADS
    return True


def _ends_vocative(gap: str) -> bool:
    return gap.lstrip(" \n_")[:1] in {
        ",",
        ".",
        "!",
        "?",
        ";",
        "-",
        "—",
        '"',
        "”",
        "’",
        "'",
        "…",
        ":",
        "",
    }


def people(evidence: Mapping[NameKey, Evidence], use: WordUse) -> set[NameKey]:
    """The names that are somebody's."""
    found = {key for key, e in evidence.items() if _is_person(key, e, use)}
    given = {key.words[0] for key in found if key.is_full}
    found |= {
        key
        for key, e in evidence.items()
        if e.addressed and not key.titles and not key.is_full and key.words[0] in given
    }
    words = {word for key in found for word in key.words}
    return {key for key in found if not _is_family(key, evidence[key], words)}


def _is_family(key: NameKey, e: Evidence, words: Collection[str]) -> bool:
    """ "the Smiths": several people, none of them in particular."""
    last = key.words[-1]
    plural = last.endswith("s") and (last[:-1] in words or last[:-2] in words)
    return plural and e.speaks < 2 and not is_given_name(last) and not key.titles


def _is_person(key: NameKey, e: Evidence, use: WordUse) -> bool:
    if key.titles:
        return True
    bare, word = not key.is_full, key.words[-1]
    sure = 1 if is_given_name(key.words[0]) and not bare else _SURE_TO_SPEAK
    if e.speaks < sure and _sounds_like_a_place_or_people(key):
        return False
    if bare and e.speaks == 0 and (e.mentions < 3 or e.inside_sentence == 0):
        return False
    if bare and word in _TITLE_WORDS:
        return e.speaks + e.addressed + e.acts >= 2
    if word in use.surnames:
        return e.personal > 0
    given = is_given_name(key.words[0])
    if e.personal <= 0:
        return given and not bare and not use.is_mostly_small(word)
    if given:
        return e.located <= 0.5 * e.mentions or e.speaks > 0
    return not _behaves_like_a_thing(e, use.small[word.lower()])


def _behaves_like_a_thing(e: Evidence, small: int) -> bool:
    if e.speaks < _SURE_TO_SPEAK and e.located > _LOCATED * e.mentions:
        return True
    if e.speaks < 2 and small > e.mentions and (e.with_article == 0 or e.addressed == 0):
        return True
    if e.speaks > 0:
        return False
    if small > _SMALL * e.mentions or e.one_of_many > _ONE_OF_MANY * e.mentions:
        return True
    if e.addressed == 0 and e.with_article > 0.5 * e.mentions:
        return True
    return e.personal < max(2.0, _PERSONAL * e.mentions)


def _sounds_like_a_place_or_people(key: NameKey) -> bool:
    """ "Hill Street", "Italians"; a given name like "Vivian" is no people."""
    last = key.words[-1]
    if last in PLACES or not PLACE_HEADS.isdisjoint(key.words):
        return True
    return bool(_PEOPLES.search(last)) and not is_given_name(last)
