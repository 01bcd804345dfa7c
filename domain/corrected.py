"""Corrections replayed on a cast as it was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import singledispatchmethod

from domain.cast import Alias, Cast, Character, MentionKind, Merge, Quote
from domain.correction_anchors import Anchored, first_place_of, found_character, lasting_id
from domain.corrections import (
    CharacterAnchor,
    Correction,
    MergeCharacters,
    Place,
    ReattributeQuote,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)
from domain.ids import CharacterId, CorrectionId, QuoteId
from domain.split_character import split_off

CERTAIN = 1.0  # a person has said so


@dataclass(frozen=True, slots=True)
class Problem:
    """A correction that could not be replayed: what it is about is not in this reading."""

    correction_id: CorrectionId
    reason: str  # a sentence


@dataclass(frozen=True, slots=True)
class Corrected:
    cast: Cast
    problems: tuple[Problem, ...] = ()


def corrected(cast: Cast, text: str, corrections: Sequence[Correction]) -> Corrected:
    """The cast with the corrections made, in order.

    One that is made already changes nothing. One that does not find what it is about is told, and
    the others are made all the same.
    """
    replay = _Replay(cast, text)
    problems = []
    for correction in corrections:
        try:
            replay.make(correction.change)
            replay.cast = replace(replay.cast, merges=_in_order(replay.cast.merges))
        except _LostError as lost:
            problems.append(Problem(correction.id, str(lost)))
    return Corrected(replay.cast, tuple(problems))


class _LostError(Exception):
    """A sentence."""


class _Replay:
    def __init__(self, cast: Cast, text: str) -> None:
        self.cast = cast
        self._text = text
        self._anchored = Anchored(text, cast.quotes)
        self._attributed: set[QuoteId] = set()  # by people: no split takes these along

    @singledispatchmethod
    def make(self, change: object) -> None:
        raise NotImplementedError(type(change).__name__)

    @make.register
    def _(self, change: MergeCharacters) -> None:
        self._make_one(self._find(change.absorbed), self._find(change.into), change.since)

    @make.register
    def _(self, change: SplitCharacter) -> None:
        if self.cast.character(lasting_id(self.cast, change.new_id)):
            return
        whole = self._find(change.character)
        apart = split_off(
            self.cast, whole, change.aliases, change.new_id, frozenset(self._attributed)
        )
        if apart is None:
            apart = self._already_apart(whole, change)
        self.cast = apart

    @make.register
    def _(self, change: RenameCharacter) -> None:
        character = self._find(change.character)
        tied = self._offset(change.since)
        aliases = {a.text: a for a in character.aliases}
        if change.name not in aliases or tied is not None:
            if tied is None:
                tied = first_place_of(change.name, self._text) or 0
            tied = max(tied, character.known_from)
            known = aliases.get(change.name, Alias(change.name, tied))
            aliases[change.name] = replace(known, known_from=tied)
        self._put(replace(character, name=change.name, aliases=tuple(aliases.values())))

    @make.register
    def _(self, change: SetNarrator) -> None:
        narrator = self._find(change.character) if change.character else None
        for former in self.cast.characters:
            if not former.is_narrator or former == narrator:
                continue
            if narrator is not None and self._is_nameless(former):
                self._make_one(former, narrator, change.since)
            else:
                self._put(replace(former, is_narrator=False, narrator_known_from=0))
        if narrator is not None and change.since is None:
            told = replace(self._find_again(narrator), is_narrator=True, narrator_known_from=0)
            self._put(told)

    @make.register
    def _(self, change: ReattributeQuote) -> None:
        quote = self._anchored.quote(change.quote)
        if quote is None:
            raise _LostError(f"There is no quotation “{_shortened(change.quote.words)}” here.")
        speaker = self._find(change.speaker).id if change.speaker else None
        meant = {
            q.id
            for q in self.cast.quotes
            if q.id == quote.id or (not change.alone and q.utterance == quote.utterance)
        }
        self._attributed |= meant
        self.cast = replace(
            self.cast,
            quotes=tuple(_said_by(speaker, q) if q.id in meant else q for q in self.cast.quotes),
        )

    # Finding

    def _find(self, anchor: CharacterAnchor) -> Character:
        """Whoever is found by name answers to the lost id from now on."""
        found = found_character(self.cast, anchor)
        if found is None:
            raise _LostError(f"There is no {' or '.join(anchor.names[:3]) or anchor.id} here.")
        if lasting_id(self.cast, anchor.id) != found.id:
            self._redirect(anchor.id, found.id)
        return found

    def _find_again(self, character: Character) -> Character:
        return self._find(CharacterAnchor(character.id))

    def _offset(self, place: Place | None) -> int | None:
        if place is None:
            return None
        offset = self._anchored.offset(place)
        if offset is None:
            around = f"{place.before[-30:]}{place.after[:30]}"
            raise _LostError(f"There is no place “{_shortened(around)}” here.")
        return offset

    def _is_nameless(self, character: Character) -> bool:
        """Known by “I” alone."""
        return not any(
            m.character_id == character.id and m.kind is MentionKind.NAME
            for m in self.cast.mentions
        )

    def _already_apart(self, whole: Character, change: SplitCharacter) -> Cast:
        """A better reading may have told them apart by itself."""
        for other in self.cast.characters:
            if other.id != whole.id and any(map(other.is_called, change.aliases)):
                self._redirect(change.new_id, other.id)
                return self.cast
        raise _LostError(
            f"{whole.name} is not called {' or '.join(change.aliases)} here, or nothing else."
        )

    # Changing

    def _make_one(self, absorbed: Character, into: Character, since: Place | None) -> None:
        if absorbed.id == into.id:
            return
        known_from = self._offset(since)
        if known_from is not None and known_from > absorbed.known_from:
            others = tuple(m for m in self.cast.merges if m.absorbed_id != absorbed.id)
            merge = Merge(absorbed.id, into.id, known_from)
            self.cast = replace(self.cast, merges=(*others, merge))
        else:
            self.cast = _absorbed(self.cast, absorbed, into)

    def _redirect(self, lost: CharacterId, found: CharacterId) -> None:
        others = tuple(m for m in self.cast.merges if m.absorbed_id != lost)
        self.cast = replace(self.cast, merges=(*others, Merge(lost, found, 0)))

    def _put(self, character: Character) -> None:
        self.cast = replace(
            self.cast,
            characters=tuple(
                character if c.id == character.id else c for c in self.cast.characters
            ),
        )


def _said_by(speaker: CharacterId | None, quote: Quote) -> Quote:
    return replace(
        quote,
        speaker_id=speaker,
        confidence=CERTAIN if speaker else 0.0,
        addressee_ids=tuple(a for a in quote.addressee_ids if a != speaker),
    )


def _absorbed(cast: Cast, absorbed: Character, into: Character) -> Cast:
    """Two who were one person from the start: one of them is left, and answers to both ids."""

    def now(character_id: CharacterId) -> CharacterId:
        return into.id if character_id == absorbed.id else character_id

    of_gender = into if into.gender else absorbed
    narrators = [c.narrator_known_from for c in (into, absorbed) if c.is_narrator]
    one = replace(
        into,
        aliases=_together(into.aliases, absorbed.aliases),
        first_mention=min(into.first_mention, absorbed.first_mention),
        gender=of_gender.gender,
        gender_known_from=of_gender.gender_known_from,
        mention_count=into.mention_count + absorbed.mention_count,
        quote_count=into.quote_count + absorbed.quote_count,
        is_narrator=bool(narrators),
        narrator_known_from=min(narrators, default=0),
    )
    moved = (
        Merge(now(m.absorbed_id), now(m.into_id), m.known_from)
        for m in cast.merges
        if {m.absorbed_id, m.into_id} != {absorbed.id, into.id}
    )
    return replace(
        cast,
        characters=tuple(
            one if c.id == into.id else c for c in cast.characters if c.id != absorbed.id
        ),
        quotes=tuple(_renamed(q, now) for q in cast.quotes),
        mentions=tuple(
            replace(m, character_id=into.id) if m.character_id == absorbed.id else m
            for m in cast.mentions
        ),
        merges=(*moved, Merge(absorbed.id, into.id, 0)),
    )


def _in_order(merges: Sequence[Merge]) -> tuple[Merge, ...]:
    """Without one that would close a circle: of those that do, the last that the text tells."""
    into: dict[CharacterId, Merge] = {}
    for merge in sorted(merges, key=lambda m: (m.known_from, m.absorbed_id, m.into_id)):
        end = merge.into_id
        while end in into:
            end = into[end].into_id
        if end != merge.absorbed_id:
            into.setdefault(merge.absorbed_id, merge)
    return tuple(into.values())


def _renamed(quote: Quote, now: Callable[[CharacterId], CharacterId]) -> Quote:
    speaker = quote.speaker_id and now(quote.speaker_id)
    addressees = tuple(
        dict.fromkeys(a for a in map(now, quote.addressee_ids) if a != speaker or speaker is None)
    )
    if (speaker, addressees) == (quote.speaker_id, quote.addressee_ids):
        return quote
    return replace(quote, speaker_id=speaker, addressee_ids=addressees)


def _together(some: Sequence[Alias], more: Sequence[Alias]) -> tuple[Alias, ...]:
    aliases = {a.text: a for a in some}
    for alias in more:
        same = aliases.get(alias.text, Alias(alias.text, alias.known_from))
        tied = min(same.known_from, alias.known_from)
        aliases[alias.text] = Alias(alias.text, tied, same.count + alias.count)
    return tuple(sorted(aliases.values(), key=lambda a: (-a.count, a.known_from, a.text)))


def _shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
