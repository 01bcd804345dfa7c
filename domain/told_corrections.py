"""From which offset on a reader may be told of a correction."""

from __future__ import annotations

from domain.cast import Cast
from domain.correction_anchors import lasting_id
from domain.corrections import (
    Change,
    CharacterAnchor,
    MergeCharacters,
    Place,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)


def known_from(change: Change, cast: Cast) -> int:
    """When all that it names has been met; `cast` is the corrected one."""
    match change:
        case MergeCharacters(absorbed, into, since):
            return max(_met(cast, absorbed), _met(cast, into), _at(since))
        case SplitCharacter(character, aliases):
            return max(_met(cast, character), _tied(cast, aliases))
        case RenameCharacter(character, name, since):
            return max(_met(cast, character), _tied(cast, (name,)), _at(since))
        case SetNarrator(narrator, since):
            return max(_met(cast, narrator), _at(since))
    told = [q.known_from for q in cast.quotes if q.id == change.quote.id]
    ends = change.quote.place.offset + len(change.quote.words)
    return max(ends, *told, _met(cast, change.speaker))


def _met(cast: Cast, anchor: CharacterAnchor | None) -> int:
    """By one of the names they had, and by the name that is shown."""
    if anchor is None:
        return 0
    character = cast.character(lasting_id(cast, anchor.id))
    if character is None:
        return anchor.first_mention
    theirs = [a.known_from for a in character.aliases if a.text in anchor.names]
    shown = _tied(cast, (character.name,))
    return max(character.known_from, min(theirs, default=0), shown)


def _tied(cast: Cast, names: tuple[str, ...]) -> int:
    wanted = {name.casefold() for name in names}
    return max(
        (a.known_from for c in cast.characters for a in c.aliases if a.text.casefold() in wanted),
        default=0,
    )


def _at(place: Place | None) -> int:
    return 0 if place is None else place.offset
