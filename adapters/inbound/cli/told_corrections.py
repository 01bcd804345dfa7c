"""A correction in one line, by the names that there were when it was made."""

from domain.corrections import (
    Change,
    CharacterAnchor,
    MergeCharacters,
    Place,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)

LONGEST = 50  # characters of a line that are shown


def told(change: Change) -> str:
    match change:
        case MergeCharacters(absorbed, into, since):
            return f"{_name(absorbed)} is {_name(into)}{_from(since)}"
        case SplitCharacter(character, aliases):
            return f"{', '.join(aliases)} is not {_name(character)}"
        case RenameCharacter(character, name, since):
            return f"{_name(character)} is shown as {name}{_from(since)}"
        case SetNarrator(narrator, since):
            return f"{_name(narrator)} tells the story{_from(since)}"
    words = " ".join(change.quote.words.split())
    line = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return f"“{line}” says {_name(change.speaker)}"


def _name(anchor: CharacterAnchor | None) -> str:
    return next(iter(anchor.names), anchor.id) if anchor else "nobody"


def _from(place: Place | None) -> str:
    return f", from {place.offset:,} on" if place else ""
