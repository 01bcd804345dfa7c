"""Names, pronouns and role nouns in one list, by position."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.outbound.cast.lexicon.people import ROLES, is_role, noun_gender
from adapters.outbound.cast.lexicon.speech import STRONG_SPEECH_VERBS
from adapters.outbound.cast.lexicon.word_list import word_list
from adapters.outbound.cast.lexicon.words import FUNCTION_WORDS, PRONOUNS
from adapters.outbound.cast.model import Kind, Reference, Voice, voice_of
from adapters.outbound.cast.names import NameKey, NameMention
from adapters.outbound.cast.tokens import Tokens
from domain.cast import Gender

_DETERMINERS = word_list("the a an his her my our their your this that")
_MAX_MODIFIERS = 3
_CHIEF = 2  # times as often named as the next one of the title
_DISTINCTIVE_TITLES = word_list("""
Count Countess Baron Baroness Duke Duchess Prince Princess Marquis Marquise Marchioness Earl
Viscount Squire Captain Colonel General Major Lieutenant Sergeant Corporal Commander Admiral
Inspector Detective Constable Judge Professor Dean Bishop Parson Reverend Governor
Superintendent Sheriff Mayor President Senator
""")
_PRONOUN_VOICES = {
    "M": Voice.MALE, "F": Voice.FEMALE, "I": Voice.NARRATOR, "W": Voice.MANY, "P": Voice.MANY,
}  # fmt: skip
_PRONOUN_FORMS = {
    form + ending: _PRONOUN_VOICES[code]
    for form, code in PRONOUNS.items()
    for ending in ("", "'d", "'ll", "'s", "'ve", "'m", "’d", "’ll", "’s", "’ve", "’m")
}
# "His brow contracted.": of somebody, who is as good as the subject.
_HEADING_POSSESSIVES = {"His": Voice.MALE, "Her": Voice.FEMALE}


class References:
    """All references by position, and those in narration."""

    def __init__(self, tokens: Tokens, found: Iterable[Reference]) -> None:
        self.all = sorted(found, key=lambda r: (r.first, -r.last))
        self._firsts = [r.first for r in self.all]
        self.narrated = [r for r in self.all if not tokens.quoted[r.first]]
        self._narrated_firsts = [r.first for r in self.narrated]

    def between(self, first: int, last: int) -> Sequence[Reference]:
        """Those that begin at words first:last."""
        return self.all[bisect_left(self._firsts, first) : bisect_left(self._firsts, last)]

    def narrated_between(self, first: int, last: int) -> Sequence[Reference]:
        low = bisect_left(self._narrated_firsts, first)
        return self.narrated[low : bisect_left(self._narrated_firsts, last)]


def find_references(
    tokens: Tokens,
    names: Sequence[NameMention],
    owner: Mapping[NameKey, int],
    roles: dict[str, int],
) -> References:
    """`owner`: which person each name is one of; `roles`: whom "the" before a role noun means."""
    taken = bytearray(len(tokens))
    found: list[Reference] = []
    for name in names:
        if name.key in owner:
            taken[name.first : name.last] = b"\1" * (name.last - name.first)
            person = owner[name.key]
            found.append(Reference(name.first, name.last, Kind.NAME, person, Voice.ANYONE))
    bearers = roles | title_bearers(owner, names)
    for reference in _pronouns_and_nominals(tokens, taken):
        bearer = bearers.get(reference.head)
        if bearer is not None and tokens.lower(reference.first) == "the":
            reference = reference._replace(person=bearer)
        found.append(reference)
    return References(tokens, found)


def title_bearers(owner: Mapping[NameKey, int], names: Sequence[NameMention]) -> dict[str, int]:
    """Title in small letters -> the one of that title, or the chief one: "the colonel"."""
    times: dict[str, Counter[int]] = defaultdict(Counter)
    for name in names:
        if name.key in owner:
            bare = name.key.words if not name.key.is_full else ()
            for title in {*name.key.titles, *bare} & _DISTINCTIVE_TITLES:
                times[title.lower()][owner[name.key]] += 1
    bearers = {}
    for title, counts in times.items():
        (first, most), *others = counts.most_common(2)
        if not others or most > _CHIEF * others[0][1]:
            bearers[title] = first
    return bearers


def _pronouns_and_nominals(tokens: Tokens, taken: bytearray) -> Iterator[Reference]:
    for i, word in enumerate(tokens.words):
        if taken[i]:
            continue
        small = word.lower()
        pronoun = _PRONOUN_FORMS.get(small)
        if pronoun is not None:
            if pronoun is not Voice.NARRATOR or word[0] == "I":
                yield Reference(i, i + 1, Kind.PRONOUN, None, pronoun)
        elif word in _HEADING_POSSESSIVES and tokens.opens_sentence[i]:
            yield Reference(i, i + 1, Kind.PRONOUN, None, _HEADING_POSSESSIVES[word])
        elif is_role(small) or (word.islower() and _has_tag_verb(tokens, i)):
            first = _determiner_before(tokens, taken, i)
            if first is not None:
                voice = voice_of(noun_gender(small))
                phrase = " ".join(tokens.words[first + 1 : i + 1]).lower()
                yield Reference(first, i + 1, Kind.NOMINAL, None, voice, small, phrase)


def _has_tag_verb(tokens: Tokens, noun: int) -> bool:
    """'the ancestress rejoined': whoever it is, somebody speaks."""
    following = noun + 1
    return (
        following < len(tokens)
        and tokens.words[following] in STRONG_SPEECH_VERBS
        and tokens.gaps[following] == " "
        and tokens.words[noun] not in FUNCTION_WORDS
        and not tokens.words[noun].endswith("ly")
    )


def _determiner_before(tokens: Tokens, taken: bytearray, head: int) -> int | None:
    """Where the noun phrase of a role noun begins; None if it has no determiner."""
    if head + 1 < len(tokens) and tokens.gaps[head + 1] == " " and tokens.lower(head + 1) in ROLES:
        return None  # "the servant girl" is one person
    i = head
    while i > 0 and head - i <= _MAX_MODIFIERS and tokens.gaps[i] in (" ", "\n", ", "):
        i -= 1
        if taken[i] or tokens.possessive[i]:
            return None
        if tokens.lower(i) in _DETERMINERS:
            return i
    return None
