"""What a correction changes, as JSON: how stores keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

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
from domain.ids import CharacterId, QuoteId

_KINDS: Mapping[str, type[Change]] = {
    "merge": MergeCharacters,
    "split": SplitCharacter,
    "rename": RenameCharacter,
    "narrator": SetNarrator,
    "quote": ReattributeQuote,
}
KIND_OF: Mapping[type[Change], str] = {kind: name for name, kind in _KINDS.items()}


def change_to_json(change: Change) -> dict[str, Any]:
    """The fields as they are called, and the `kind`."""
    return {"kind": KIND_OF[type(change)], **asdict(change)}


def change_from_json(found: Mapping[str, Any]) -> Change:
    match found["kind"]:
        case "merge":
            return MergeCharacters(
                _character(found["absorbed"]), _character(found["into"]), _place(found["since"])
            )
        case "split":
            return SplitCharacter(
                _character(found["character"]),
                tuple(found["aliases"]),
                CharacterId(found["new_id"]),
            )
        case "rename":
            return RenameCharacter(
                _character(found["character"]), found["name"], _place(found["since"])
            )
        case "narrator":
            narrator = found["character"]
            return SetNarrator(narrator and _character(narrator), _place(found["since"]))
        case "quote":
            speaker = found["speaker"]
            return ReattributeQuote(
                _quote(found["quote"]), speaker and _character(speaker), found["alone"]
            )
        case unknown:
            raise ValueError(f"no kind of correction: {unknown}")


def _character(found: Mapping[str, Any]) -> CharacterAnchor:
    return CharacterAnchor(CharacterId(found["id"]), tuple(found["names"]), found["first_mention"])


def _quote(found: Mapping[str, Any]) -> QuoteAnchor:
    return QuoteAnchor(QuoteId(found["id"]), found["words"], Place(**found["place"]))


def _place(found: Mapping[str, Any] | None) -> Place | None:
    return None if found is None else Place(**found)
