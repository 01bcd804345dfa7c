"""The people of a book: who they are, what they are called, what they say, and known since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from domain.frontier import Frontier
from domain.ids import CharacterId, QuoteId
from domain.span import Span


class Gender(StrEnum):
    FEMALE = "F"
    MALE = "M"


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a character. `known_from`: the offset at which the text has tied it to them."""

    text: str
    known_from: int
    count: int = 0  # mentions by this name


class MentionKind(StrEnum):
    NAME = "name"  # "Mrs. Sparsit"
    NOMINAL = "nominal"  # "the housekeeper"
    PRONOUN = "pronoun"


@dataclass(frozen=True, slots=True)
class Mention:
    span: Span
    character_id: CharacterId
    kind: MentionKind = MentionKind.NAME
    alias: str = ""  # the alias it uses, as in the character's list; "" for a pronoun


class AttributionKind(StrEnum):
    """How the text tells who speaks (the terms of the Project Dialogism Novel Corpus)."""

    EXPLICIT = "explicit"  # "said Louisa"
    ANAPHORIC = "anaphoric"  # "she said", "said the housekeeper"
    IMPLICIT = "implicit"  # nothing but the conversation


@dataclass(frozen=True, slots=True)
class Quote:
    """One unbroken run of direct speech, without its marks, inside one paragraph.

    What a speech tag interrupts, and what runs on over paragraphs, is several quotes of one
    `utterance`.
    """

    id: QuoteId
    span: Span
    utterance: int  # counts through the book from 0
    speaker_id: CharacterId | None = None  # None: better not to guess
    confidence: float = 0.0  # that the speaker is right, 0..1
    attribution: AttributionKind = AttributionKind.IMPLICIT
    addressee_ids: tuple[CharacterId, ...] = ()
    # Where the text tells who speaks: a tag may follow the words it tags.
    known_from: int = 0
    addressees_known_from: int = 0  # and to whom: it may be seen by who answers alone


@dataclass(frozen=True, slots=True)
class Character:
    id: CharacterId
    name: str  # the name to show, of those in `aliases`
    aliases: tuple[Alias, ...]  # commonest first, `name` among them
    first_mention: Span
    gender: Gender | None = None
    mention_count: int = 0
    quote_count: int = 0
    is_narrator: bool = False
    gender_known_from: int = 0  # the offset at which the text so far has told it
    narrator_known_from: int = 0  # and that it is this one who tells

    @property
    def known_from(self) -> int:
        return self.first_mention.end

    def is_called(self, name: str) -> bool:
        wanted = name.casefold().strip()
        return any(alias.text.casefold() == wanted for alias in self.aliases)


@dataclass(frozen=True, slots=True)
class Merge:
    """From `known_from` on, the text has told that the absorbed one is the same person."""

    absorbed_id: CharacterId
    into_id: CharacterId
    known_from: int


@dataclass(frozen=True, slots=True)
class Cast:
    """Characters by falling prominence, quotes and mentions by position.

    Quotes and mentions name the characters as they stand before any merge.
    """

    characters: tuple[Character, ...] = ()
    quotes: tuple[Quote, ...] = ()
    mentions: tuple[Mention, ...] = ()
    merges: tuple[Merge, ...] = ()
    warnings: tuple[str, ...] = ()

    def character(self, character_id: CharacterId) -> Character | None:
        return next((c for c in self.characters if c.id == character_id), None)

    def identities(self, frontier: Frontier) -> Mapping[CharacterId, CharacterId]:
        """Who each character that is somebody else is known to be, by the frontier."""
        return {
            absorbed: merge.into_id
            for absorbed, merge in _known_merges(self.merges, frontier).items()
        }

    def up_to(self, frontier: Frontier) -> Cast:
        """The cast as a reader at the frontier knows it: no later name, line, count or identity."""
        cast = _without_untold_narrator(self, frontier)
        merged = _known_merges(cast.merges, frontier)
        people = _known_people(cast.characters, merged, frontier)
        quotes = tuple(
            _as_known(q, merged, people, frontier) for q in cast.quotes if frontier.sees(q.span)
        )
        mentions = _known_mentions(cast, merged, people, frontier)
        return Cast(
            characters=_known_characters(people, merged, frontier, quotes, mentions),
            quotes=quotes,
            mentions=mentions,
            merges=tuple(m for m in self.merges if frontier.knows(m.known_from)),
            warnings=self.warnings,
        )


def _without_untold_narrator(cast: Cast, frontier: Frontier) -> Cast:
    """Where it is not told yet who "I" is, "I" am nobody of the cast: what is known of them is what
    is told of them by name."""
    untold = {
        c.id for c in cast.characters if c.is_narrator and not frontier.knows(c.narrator_known_from)
    }
    if not untold:
        return cast
    mentions = tuple(
        m
        for m in cast.mentions
        if m.character_id not in untold or m.kind is not MentionKind.PRONOUN
    )
    firsts: dict[CharacterId, Span] = {}
    for mention in mentions:
        firsts.setdefault(mention.character_id, mention.span)
    return replace(
        cast,
        characters=tuple(
            replace(
                c,
                is_narrator=False,
                narrator_known_from=0,
                first_mention=firsts.get(c.id, c.first_mention),
            )
            if c.id in untold
            else c
            for c in cast.characters
        ),
        quotes=tuple(
            _unsaid(q)
            if q.speaker_id in untold and q.attribution is not AttributionKind.EXPLICIT
            else replace(q, addressee_ids=tuple(a for a in q.addressee_ids if a not in untold))
            for q in cast.quotes
        ),
        mentions=mentions,
    )


_Merged: TypeAlias = Mapping[CharacterId, Merge]  # by the absorbed
_People: TypeAlias = Mapping[CharacterId, Sequence[Character]]  # who is one person, so far


def _known_merges(merges: tuple[Merge, ...], frontier: Frontier) -> _Merged:
    """What has become of each absorbed character, chains of merges followed to their end.

    The earliest merge of a character counts; one that would close a circle does not.
    """
    direct: dict[CharacterId, Merge] = {}
    for merge in sorted(merges, key=lambda m: m.known_from):
        end, _ = _end_of(merge.into_id, direct)
        if frontier.knows(merge.known_from) and end != merge.absorbed_id:
            direct.setdefault(merge.absorbed_id, merge)
    return {absorbed: Merge(absorbed, *_end_of(absorbed, direct)) for absorbed in direct}


def _end_of(character_id: CharacterId, direct: _Merged) -> tuple[CharacterId, int]:
    since = 0
    while merge := direct.get(character_id):
        character_id, since = merge.into_id, max(since, merge.known_from)
    return character_id, since


def _now(character_id: CharacterId, merged: _Merged) -> CharacterId:
    return merged[character_id].into_id if character_id in merged else character_id


def _known_people(
    characters: tuple[Character, ...], merged: _Merged, frontier: Frontier
) -> _People:
    """Those who have been met, and by a name."""
    people: dict[CharacterId, list[Character]] = {}
    for character in characters:
        if frontier.knows(character.known_from):
            people.setdefault(_now(character.id, merged), []).append(character)
    return {
        person: members
        for person, members in people.items()
        if any(frontier.knows(a.known_from) for m in members for a in m.aliases)
    }


def _known_mentions(
    cast: Cast, merged: _Merged, people: _People, frontier: Frontier
) -> tuple[Mention, ...]:
    """Without those by a name that the text has not tied to the character yet."""
    untied = {
        (c.id, a.text)
        for c in cast.characters
        for a in c.aliases
        if not frontier.knows(a.known_from)
    }
    visible = (
        m
        for m in cast.mentions
        if frontier.sees(m.span) and (m.character_id, m.alias) not in untied
    )
    return tuple(
        replace(m, character_id=_now(m.character_id, merged)) if m.character_id in merged else m
        for m in visible
        if _now(m.character_id, merged) in people
    )


def _as_known(quote: Quote, merged: _Merged, people: _People, frontier: Frontier) -> Quote:
    speaker = quote.speaker_id and _now(quote.speaker_id, merged)
    if speaker not in people or not frontier.knows(quote.known_from):
        return _unsaid(quote)
    is_told = frontier.knows(quote.addressees_known_from)
    addressees = (_now(a, merged) for a in quote.addressee_ids if is_told)
    return replace(
        quote,
        speaker_id=speaker,
        addressee_ids=tuple(a for a in addressees if a in people),
        addressees_known_from=quote.addressees_known_from if is_told else 0,
    )


def _unsaid(quote: Quote) -> Quote:
    """As long as the words that tell who speaks are still to come."""
    return replace(
        quote,
        speaker_id=None,
        confidence=0.0,
        attribution=AttributionKind.IMPLICIT,
        addressee_ids=(),
        known_from=0,
        addressees_known_from=0,
    )


def _known_characters(
    people: _People,
    merged: _Merged,
    frontier: Frontier,
    quotes: tuple[Quote, ...],
    mentions: tuple[Mention, ...],
) -> tuple[Character, ...]:
    said = Counter(q.speaker_id for q in quotes)
    named = Counter(m.character_id for m in mentions)
    called = Counter((m.character_id, m.alias) for m in mentions if m.alias)
    known = []
    for person, members in people.items():
        aliases = tuple(
            Alias(text, tied, called[person, text])
            for text, tied in _known_names(members, merged, frontier).items()
        )
        known.append(
            replace(
                _as_one(person, members, frontier),
                aliases=tuple(sorted(aliases, key=lambda a: (-a.count, a.known_from, a.text))),
                mention_count=named[person],
                quote_count=said[person],
            )
        )
    known.sort(key=lambda c: (-c.quote_count, -c.mention_count, c.first_mention, c.id))
    return tuple(_shown_by_a_known_name(character) for character in known)


def _known_names(
    members: Sequence[Character], merged: _Merged, frontier: Frontier
) -> Mapping[str, int]:
    """The person's names, each with the offset from which it is tied to this person."""
    names: dict[str, int] = {}
    for member in members:
        one_since = merged[member.id].known_from if member.id in merged else 0
        for alias in member.aliases:
            if frontier.knows(alias.known_from):
                tied = max(alias.known_from, one_since)
                names[alias.text] = min(names.get(alias.text, tied), tied)
    return names


def _as_one(person: CharacterId, members: Sequence[Character], frontier: Frontier) -> Character:
    """Called by the first name to show that is known to be the name of whoever bears it."""
    by_age = sorted(members, key=lambda m: (m.id != person, m.first_mention, m.id))
    names = (m.name for m in by_age if _is_known_name(m, frontier))
    genders = (
        (m.gender, m.gender_known_from)
        for m in by_age
        if m.gender and frontier.knows(m.gender_known_from)
    )
    gender, gender_known_from = next(genders, (None, 0))
    narrators = [m.narrator_known_from for m in members if m.is_narrator]
    return replace(
        by_age[0],
        id=person,
        name=next(names, ""),
        first_mention=min(m.first_mention for m in members),
        gender=gender,
        is_narrator=bool(narrators),
        gender_known_from=gender_known_from,
        narrator_known_from=min(narrators, default=0),
    )


def _is_known_name(character: Character, frontier: Frontier) -> bool:
    return any(
        alias.text == character.name and frontier.knows(alias.known_from)
        for alias in character.aliases
    )


def _shown_by_a_known_name(character: Character) -> Character:
    if any(alias.text == character.name for alias in character.aliases):
        return character
    return replace(character, name=character.aliases[0].text)
