"""What people put right in a cast."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.characters import CharacterOut
from adapters.inbound.http.schemas.common import CleanText, Request
from domain.corrections import (
    Change,
    CharacterAnchor,
    Correction,
    MergeCharacters,
    Place,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)
from domain.ids import CharacterId, QuoteId

Name = Annotated[CleanText, Field(min_length=1, max_length=200)]
KnownFrom = Annotated[
    int | None,
    Field(ge=0, description="The offset at which the text reveals it. Absent: never in doubt."),
]


class Merge(Request):
    """The first is the second: names, lines and mentions are put together, and both ids lead to
    the second."""

    kind: Literal["merge"]
    character_id: UUID
    into_id: UUID
    known_from: KnownFrom = None

    def change(self) -> MergeCharacters:
        return MergeCharacters(_who(self.character_id), _who(self.into_id), _at(self.known_from))


class Split(Request):
    """Those who go by these of the character's names are somebody else, who gets a new id."""

    kind: Literal["split"]
    character_id: UUID
    aliases: list[Name] = Field(min_length=1, max_length=100, description="The first is shown.")

    def change(self) -> SplitCharacter:
        return SplitCharacter(_who(self.character_id), tuple(self.aliases))


class Rename(Request):
    """The name to show, of the book's or one's own."""

    kind: Literal["rename"]
    character_id: UUID
    name: Name
    known_from: Annotated[
        int | None,
        Field(ge=0, description="From where it may be told. Absent: its first place in the text."),
    ] = None

    def change(self) -> RenameCharacter:
        return RenameCharacter(_who(self.character_id), self.name, _at(self.known_from))


class Narrator(Request):
    """Who tells the story; null: nobody of the cast."""

    kind: Literal["narrator"]
    character_id: UUID | None
    known_from: KnownFrom = None

    def change(self) -> SetNarrator:
        return SetNarrator(_who_or_nobody(self.character_id), _at(self.known_from))


class Reattribution(Request):
    """Who says it; null: better not to say. All parts of an interrupted utterance, or `alone`."""

    kind: Literal["quote"]
    quote_id: Annotated[CleanText, Field(min_length=1, max_length=64)]
    speaker_id: UUID | None
    alone: bool = False

    def change(self) -> ReattributeQuote:
        quote = QuoteAnchor(QuoteId(self.quote_id))
        return ReattributeQuote(quote, _who_or_nobody(self.speaker_id), self.alone)


ChangeIn: TypeAlias = Merge | Split | Rename | Narrator | Reattribution
CorrectionIn = Annotated[ChangeIn, Field(discriminator="kind")]

_LOUISA, _WIFE = "0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d10", "0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d12"
EXAMPLES = {
    "merge": {
        "summary": "Two are one, as the text reveals at 1,240",
        "value": {
            "kind": "merge",
            "character_id": _WIFE,
            "into_id": _LOUISA,
            "known_from": 1240,
        },
    },
    "split": {
        "summary": "One is two",
        "value": {"kind": "split", "character_id": _LOUISA, "aliases": ["Mr. Bounderby"]},
    },
    "rename": {
        "summary": "Another name to show",
        "value": {"kind": "rename", "character_id": _LOUISA, "name": "Louisa Gradgrind"},
    },
    "narrator": {
        "summary": "Who tells the story",
        "value": {"kind": "narrator", "character_id": _LOUISA},
    },
    "quote": {
        "summary": "Who says a line",
        "value": {
            "kind": "quote",
            "quote_id": "6f1f6d9c-4d0f-5ab4-8d6c-7a1f0b8c9d10",
            "speaker_id": _LOUISA,
        },
    },
}


class CorrectionOut(BaseModel):
    id: str
    author_id: str = Field(description="The reader who made it.")
    created_at: datetime
    change: CorrectionIn = Field(description="As it was asked for.")
    words: str | None = Field(None, description="Of the quotation that it is about.")
    new_id: str | None = Field(None, description="Of the character that was split off.")
    problem: str | None = Field(
        description="Why it could not be made in the text as it is now; null: it was."
    )

    @classmethod
    def of(cls, correction: Correction, problem: str) -> "CorrectionOut":
        change = correction.change
        return cls(
            id=correction.id,
            author_id=correction.author,
            created_at=correction.created_at,
            change=_asked(change),
            words=change.quote.words if isinstance(change, ReattributeQuote) else None,
            new_id=change.new_id if isinstance(change, SplitCharacter) else None,
            problem=problem or None,
        )


class AppliedOut(BaseModel):
    """What followed from it, as far as the reader has read."""

    characters: list[CharacterOut] = Field(description="Those who are told otherwise now.")
    personas: list[str] = Field(description="Ids of those whose persona was written anew.")
    passages: int = Field(description="How many are found under other names now.")
    warnings: list[str]


class CorrectedOut(AppliedOut):
    correction: CorrectionOut


def _asked(change: Change) -> ChangeIn:
    match change:
        case MergeCharacters(absorbed, into, since):
            return Merge(
                kind="merge",
                character_id=UUID(absorbed.id),
                into_id=UUID(into.id),
                known_from=_offset(since),
            )
        case SplitCharacter(character, aliases):
            return Split(kind="split", character_id=UUID(character.id), aliases=list(aliases))
        case RenameCharacter(character, name, since):
            return Rename(
                kind="rename",
                character_id=UUID(character.id),
                name=name,
                known_from=_offset(since),
            )
        case SetNarrator(narrator, since):
            return Narrator(
                kind="narrator",
                character_id=UUID(narrator.id) if narrator else None,
                known_from=_offset(since),
            )
    return Reattribution(
        kind="quote",
        quote_id=change.quote.id,
        speaker_id=UUID(change.speaker.id) if change.speaker else None,
        alone=change.alone,
    )


def _who(character_id: UUID) -> CharacterAnchor:
    return CharacterAnchor(CharacterId(str(character_id)))


def _who_or_nobody(character_id: UUID | None) -> CharacterAnchor | None:
    return None if character_id is None else _who(character_id)


def _at(offset: int | None) -> Place | None:
    return None if offset is None else Place(offset)


def _offset(place: Place | None) -> int | None:
    return None if place is None else place.offset
