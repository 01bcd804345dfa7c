"""What people put right in a cast: commands that are kept, and replayed on whatever is found anew.

Each names what it is about so that it is found again in another reading of the book, or in a text
that differs a little: see `correction_anchors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.ids import CharacterId, CorrectionId, OwnerId, QuoteId

NOT_MINTED = CharacterId("")


@dataclass(frozen=True, slots=True)
class CharacterAnchor:
    id: CharacterId
    names: tuple[str, ...] = ()  # when the correction was made, the one that was shown first
    first_mention: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """An offset, with the words around it."""

    offset: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class QuoteAnchor:
    id: QuoteId
    words: str = ""  # exactly as they stood
    place: Place = Place(0)  # of its first code point; `after`: what follows the words


@dataclass(frozen=True, slots=True)
class MergeCharacters:
    """They are one person. `since`: where the text reveals it; None: that was never in doubt."""

    absorbed: CharacterAnchor
    into: CharacterAnchor
    since: Place | None = None


@dataclass(frozen=True, slots=True)
class SplitCharacter:
    """Those who go by these of the character's names are somebody else."""

    character: CharacterAnchor
    aliases: tuple[str, ...]  # the first is the name to show
    new_id: CharacterId = NOT_MINTED  # minted with the correction, and theirs for ever


@dataclass(frozen=True, slots=True)
class RenameCharacter:
    """The name to show, one of the book's or a person's own. `since`: where the text ties it to
    the character; None: where it first stands in the text."""

    character: CharacterAnchor
    name: str
    since: Place | None = None


@dataclass(frozen=True, slots=True)
class SetNarrator:
    """Who tells the story; None: nobody of the cast. `since`: where the text reveals it."""

    character: CharacterAnchor | None
    since: Place | None = None


@dataclass(frozen=True, slots=True)
class ReattributeQuote:
    """Who says it, in all the parts of the utterance; None: better not to say."""

    quote: QuoteAnchor
    speaker: CharacterAnchor | None
    alone: bool = False  # this part of the utterance only


Change: TypeAlias = (
    MergeCharacters | SplitCharacter | RenameCharacter | SetNarrator | ReattributeQuote
)


@dataclass(frozen=True, slots=True)
class Correction:
    id: CorrectionId
    author: OwnerId
    created_at: datetime
    change: Change
