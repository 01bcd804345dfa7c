"""The cast as the JSON object that evaluation tools and other programs read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.cast import Cast, Character
from domain.scenes import Scene

NARRATOR_MARK = "_narr"  # the Project Dialogism Novel Corpus names a first-person narrator so


def cast_to_json(cast: Cast) -> dict[str, Any]:
    """{"characters": [{id, name, aliases, count, gender}], "quotes": [{start, end, character_id,
    confidence}]}; offsets in code points, end exclusive; gender "F", "M" or null."""
    return {
        "characters": [
            {
                "id": character.id,
                "name": character.name,
                "aliases": _aliases(character),
                "count": character.mention_count,
                "gender": character.gender,
            }
            for character in cast.characters
        ],
        "quotes": [
            {
                "start": quote.span.start,
                "end": quote.span.end,
                "character_id": quote.speaker_id,
                "confidence": quote.confidence,
            }
            for quote in cast.quotes
        ],
    }


def _aliases(character: Character) -> list[str]:
    names = [alias.text for alias in character.aliases]
    return [*names, NARRATOR_MARK] if character.is_narrator else names


def scenes_to_json(scenes: Iterable[Scene]) -> list[dict[str, object]]:
    return [
        {
            "start": scene.span.start,
            "end": scene.span.end,
            "chapter": scene.chapter,
            "characters": list(scene.character_ids),
            "quotes": scene.quotes,
        }
        for scene in scenes
    ]
