"""A correction as it is asked for, by ids and offsets, given the anchors that it is kept with."""

from __future__ import annotations

from uuid import UUID, uuid5

from domain.cast import Cast
from domain.correction_anchors import anchor_of, lasting_id, place_at, quote_anchor
from domain.corrections import (
    Change,
    CharacterAnchor,
    MergeCharacters,
    Place,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)
from domain.errors import CharacterNotFound, InvalidInput, QuoteNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId, CorrectionId
from domain.merged import as_known

# Names our ids apart from other uses of UUID version 5 (RFC 9562) on the same correction's id.
_SPLIT_OFF = UUID("2f3b6a54-1d77-5c1e-8f0b-95f2b7b1c6aa")

MAX_NAME = 200  # code points


def anchored(
    change: Change,
    cast: Cast,
    text: str,
    correction_id: CorrectionId,
    up_to: Frontier = WHOLE_BOOK,
) -> Change:
    """Its anchors hold ids and offsets alone; `cast` is the one that people see now, before any
    frontier; whoever asks has read `up_to` there, and what is not yet revealed does not exist.

    Raises CharacterNotFound, QuoteNotFound; InvalidInput for what would change nothing or cannot
    be: two that are one already, a split that leaves nobody, an empty name, an offset past the
    end of the text.
    """
    at = _Anchoring(cast, text, up_to)
    match change:
        case MergeCharacters(absorbed, into, since):
            change = MergeCharacters(at.character(absorbed), at.character(into), at.place(since))
            at.check_merge(change)
        case SplitCharacter(character, aliases):
            change = SplitCharacter(
                at.character(character),
                tuple(dict.fromkeys(map(_name, aliases))),
                CharacterId(str(uuid5(_SPLIT_OFF, correction_id))),
            )
            at.check_split(change)
        case RenameCharacter(character, name, since):
            change = RenameCharacter(at.character(character), _name(name), at.place(since))
        case SetNarrator(character, since):
            narrator = character and at.character(character)
            change = SetNarrator(narrator, at.place(since))
        case ReattributeQuote(quote, speaker, alone):
            said_by = speaker and at.character(speaker)
            change = ReattributeQuote(at.quote(quote), said_by, alone)
    return change


class _Anchoring:
    def __init__(self, cast: Cast, text: str, up_to: Frontier) -> None:
        self._cast = cast
        self._known = cast.up_to(up_to)
        self._text = text

    def character(self, anchor: CharacterAnchor) -> CharacterAnchor:
        found = self._cast.character(lasting_id(self._cast, anchor.id))
        if found is None or as_known(self._known, found.id) is None:
            raise CharacterNotFound("There is no such character in this book.")
        return anchor_of(found)

    def quote(self, anchor: QuoteAnchor) -> QuoteAnchor:
        for quote in self._known.quotes:
            if quote.id == anchor.id:
                return quote_anchor(quote, self._text)
        raise QuoteNotFound("There is no such quotation in this book.")

    def place(self, place: Place | None) -> Place | None:
        if place is None:
            return None
        if place.offset > len(self._text):
            raise InvalidInput(f"The text of the book ends at {len(self._text):,}.")
        return place_at(self._text, place.offset)

    def check_merge(self, change: MergeCharacters) -> None:
        """From when on two who are joined already are one may be said anew."""
        pair = change.absorbed.id, change.into.id
        one, other = (as_known(self._known, id_) for id_ in pair)
        if one == other and pair not in {(m.absorbed_id, m.into_id) for m in self._cast.merges}:
            raise InvalidInput("Those two are one character already.")

    def check_split(self, change: SplitCharacter) -> None:
        id_ = change.character.id
        late = {m.absorbed_id for m in self._cast.merges if m.into_id == id_}
        members = [c for c in self._cast.characters if c.id == id_ or c.id in late]
        person = as_known(self._known, id_)
        known = {a.text for a in person.aliases} if person else set()
        names = {a.text.casefold(): a.text for c in members for a in c.aliases if a.text in known}
        strange = [name for name in change.aliases if name.casefold() not in names]
        if strange or not change.aliases:
            called = ", ".join(names.values())
            raise InvalidInput(f"Name some of what the character is called: {called}.")
        if names.keys() == {name.casefold() for name in change.aliases}:
            raise InvalidInput("Leave the character at least one name; these are all there are.")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > MAX_NAME:
        raise InvalidInput(f"A name has 1 to {MAX_NAME} characters.")
    return name
