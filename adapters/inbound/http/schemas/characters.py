"""The cast: characters, what they say, and whom they have to do with."""

from pydantic import BaseModel, Field

from adapters.inbound.http.schemas.common import Position
from adapters.inbound.http.schemas.sources import NO_EPUB, EpubOut
from domain.cast import AttributionKind, Character, Gender, Quote
from domain.relations import Relation, RelationKind


class AliasOut(BaseModel):
    text: str = Field(examples=["Mr. Bounderby"])
    known_from: int = Field(description="The offset at which the text has tied it to them.")
    count: int = Field(description="Mentions by this name.")


class CharacterOut(BaseModel):
    id: str = Field(examples=["0b6e1d7c-4d0f-4ab4-8d6c-7a1f0b8c9d10"])
    name: str = Field(examples=["Josiah Bounderby"])
    aliases: list[AliasOut] = Field(description="Commonest first, the name among them.")
    gender: Gender | None
    mention_count: int
    quote_count: int
    is_narrator: bool
    first_mention: Position

    @classmethod
    def of(cls, character: Character) -> "CharacterOut":
        return cls(
            id=character.id,
            name=character.name,
            aliases=[
                AliasOut(text=a.text, known_from=a.known_from, count=a.count)
                for a in character.aliases
            ],
            gender=character.gender,
            mention_count=character.mention_count,
            quote_count=character.quote_count,
            is_narrator=character.is_narrator,
            first_mention=Position.of(character.first_mention),
        )


class QuoteOut(Position):
    id: str
    text: str
    utterance: int = Field(description="What a speech tag interrupts has one number in all parts.")
    speaker_id: str | None = Field(description="Null: better not to guess.")
    addressee_ids: list[str]
    confidence: float = Field(ge=0, le=1, description="That the speaker is right.")
    attribution: AttributionKind
    epub: EpubOut | None = Field(description=NO_EPUB)

    @classmethod
    def of_quote(cls, quote: Quote, text: str, epub: EpubOut | None) -> "QuoteOut":
        return cls(
            start=quote.span.start,
            end=quote.span.end,
            id=quote.id,
            text=text,
            utterance=quote.utterance,
            speaker_id=quote.speaker_id,
            addressee_ids=list(quote.addressee_ids),
            confidence=quote.confidence,
            attribution=quote.attribution,
            epub=epub,
        )


class RelationOut(BaseModel):
    """Symmetrical: the two stand in the order of their ids."""

    first_id: str
    second_id: str
    kind: RelationKind
    weight: int = Field(description="How often.")
    known_from: int
    evidence: list[Position] = Field(description="The first few places.")

    @classmethod
    def of(cls, relation: Relation) -> "RelationOut":
        return cls(
            first_id=relation.first_id,
            second_id=relation.second_id,
            kind=relation.kind,
            weight=relation.weight,
            known_from=relation.known_from,
            evidence=[Position.of(span) for span in relation.evidence],
        )
