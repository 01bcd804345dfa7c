"""Names, pronouns and role nouns in one list, by position."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapters.outbound.cast.lexicon.people import ROLES, is_role, noun_gender
from adapters.outbound.cast.lexicon.speech import STRONG_SPEECH_VERBS
from adapters.outbound.cast.lexicon.words import FUNCTION_WORDS, PRONOUNS
from adapters.outbound.cast.model import Kind, Reference, Voice, voice_of
from adapters.outbound.cast.names import NameMention
from adapters.outbound.cast.tokens import Tokens
from domain.naming.name_key import NameKey
from domain.naming.word_lists import word_list

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
    titles = Titles(owner, names)
    for name in names:
        if name.key in owner:
            taken[name.first : name.last] = b"\1" * (name.last - name.first)
            title = _bare_title(name.key)
            person = titles.last_bearer(title, name.first) if title else None
            if person is None:
                person = owner[name.key]
            found.append(Reference(name.first, name.last, Kind.NAME, person, Voice.ANYONE))
    for reference in _pronouns_and_nominals(tokens, taken):
        if tokens.lower(reference.first) == "the":
            bearer = titles.bearer(reference.head, reference.first)
            if bearer is None:
                bearer = roles.get(reference.head)
            reference = reference._replace(person=bearer)
        found.append(reference)
    return References(tokens, found)


class Titles:
    """Who is "the colonel": the only one or the chief one of that title, or the last one named."""

    def __init__(self, owner: Mapping[NameKey, int], names: Sequence[NameMention]) -> None:
        self._chief: dict[str, int] = {}
        self._named: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for name in names:
            if name.key in owner:
                person = owner[name.key]
                for title in {t.lower() for t in name.key.titles if t in _DISTINCTIVE_TITLES}:
                    self._named[title].append((name.first, person))
                if bare := _bare_title(name.key):
                    self._chief[bare] = person
        for title, places in list(self._named.items()):
            (first, most), *others = Counter(person for _, person in places).most_common(2)
            self._chief.pop(title, None)
            if not others or most > _CHIEF * others[0][1]:
                self._chief[title] = first
                del self._named[title]

    def bearer(self, title: str, place: int) -> int | None:
        """`title` in small letters, `place` the word at which it stands."""
        if title in self._chief:
            return self._chief[title]
        return self.last_bearer(title, place)

    def last_bearer(self, title: str, place: int) -> int | None:
        """Of several who bear it with their names, the one whom the text named last."""
        places = self._named.get(title)
        if not places:
            return None
        before = bisect_left(places, (place, -1)) - 1
        return places[max(before, 0)][1]


def _bare_title(key: NameKey) -> str:
    """The title that is all there is of a name, in small letters; "" for any other name."""
    if key.titles or len(key.words) != 1 or key.words[0] not in _DISTINCTIVE_TITLES:
        return ""
    return key.words[0].lower()


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
