"""The people of a book: who they are, what they are called, what they say, and known since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

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

    def up_to(self, frontier: Frontier) -> Cast:
        """The cast as a reader at the frontier knows it: no later name, line, count or identity."""
        into = _merged_ids(self.merges, frontier)
        quotes = tuple(_as_known(q, into, frontier) for q in self.quotes if frontier.sees(q.span))
        mentions = tuple(
            replace(m, character_id=into.get(m.character_id, m.character_id))
            for m in self.mentions
            if frontier.sees(m.span)
        )
        return Cast(
            characters=_known_characters(self.characters, into, frontier, quotes, mentions),
            quotes=quotes,
            mentions=mentions,
            merges=tuple(m for m in self.merges if frontier.knows(m.known_from)),
            warnings=self.warnings,
        )


def _merged_ids(merges: tuple[Merge, ...], frontier: Frontier) -> dict[CharacterId, CharacterId]:
    direct = {m.absorbed_id: m.into_id for m in merges if frontier.knows(m.known_from)}
    into: dict[CharacterId, CharacterId] = {}
    for absorbed in direct:
        target, seen = absorbed, {absorbed}
        while target in direct and direct[target] not in seen:
            target = direct[target]
            seen.add(target)
        into[absorbed] = target
    return into


def _as_known(quote: Quote, into: dict[CharacterId, CharacterId], frontier: Frontier) -> Quote:
    if quote.speaker_id is None or not frontier.knows(quote.known_from):
        return replace(quote, speaker_id=None, confidence=0.0, addressee_ids=())
    return replace(
        quote,
        speaker_id=into.get(quote.speaker_id, quote.speaker_id),
        addressee_ids=tuple(into.get(a, a) for a in quote.addressee_ids),
    )


def _known_characters(
    characters: tuple[Character, ...],
    into: dict[CharacterId, CharacterId],
    frontier: Frontier,
    quotes: tuple[Quote, ...],
    mentions: tuple[Mention, ...],
) -> tuple[Character, ...]:
    said = _count(q.speaker_id for q in quotes)
    named = _count(m.character_id for m in mentions)
    called = Counter((m.character_id, m.alias) for m in mentions if m.alias)
    groups: dict[CharacterId, list[Character]] = {}
    for character in characters:
        if frontier.knows(character.known_from):
            groups.setdefault(into.get(character.id, character.id), []).append(character)
    known = []
    for character_id, members in groups.items():
        aliases = _known_aliases(members, frontier, character_id, called)
        if not aliases:
            continue  # met, but not yet by any name
        lead = next((m for m in members if m.id == character_id), members[0])
        known.append(
            replace(
                lead,
                id=character_id,
                name=lead.name if any(a.text == lead.name for a in aliases) else aliases[0].text,
                aliases=aliases,
                first_mention=min(m.first_mention for m in members),
                gender=next((m.gender for m in members if m.gender), None),
                mention_count=named.get(character_id, 0),
                quote_count=said.get(character_id, 0),
                is_narrator=any(m.is_narrator for m in members),
            )
        )
    known.sort(key=lambda c: (-c.quote_count, -c.mention_count, c.first_mention))
    return tuple(known)


def _known_aliases(
    members: list[Character],
    frontier: Frontier,
    character_id: CharacterId,
    called: Mapping[tuple[CharacterId, str], int],
) -> tuple[Alias, ...]:
    known_from: dict[str, int] = {}
    for alias in (a for m in members for a in m.aliases if frontier.knows(a.known_from)):
        earlier = known_from.get(alias.text, alias.known_from)
        known_from[alias.text] = min(earlier, alias.known_from)
    aliases = [
        Alias(text, since, count=called.get((character_id, text), 0))
        for text, since in known_from.items()
    ]
    return tuple(sorted(aliases, key=lambda a: (-a.count, a.known_from)))


def _count(ids: Iterable[CharacterId | None]) -> Mapping[CharacterId, int]:
    return Counter(i for i in ids if i is not None)
