"""A model's analysis of a character: statements, each pointing at the exhibits it is made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.errors import ModelFailed
from domain.persona import Trait
from domain.persona_check import takes_over
from domain.persona_evidence import Exhibit
from domain.prompt_data import one_line
from domain.span import Span

ASPECTS: Mapping[str, str] = {
    "psychology": "temper, fears, pride, contradictions, what they hide",
    "voice": "how they speak: rhythm, register, favourite words, humour, what they avoid saying",
    "motivations": "what they want, and what they do to get it",
    "relationships": "one statement a person who matters to them: who that is, and how they stand",
    "themes": "the ideas of the book that they stand for, or speak of again and again",
}
MAX_STATEMENTS = 6  # of one aspect
MAX_PLACES = 8  # kept of one statement
_LONGEST_STATEMENT = 400  # code points


def analysis_schema() -> Mapping[str, Any]:
    """JSON Schema, in the part of it that every vendor's strict mode takes."""
    statement = {
        "type": "object",
        "properties": {
            "statement": {"type": "string"},
            "evidence": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["statement", "evidence"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            aspect: {"type": "array", "description": about, "items": statement}
            for aspect, about in ASPECTS.items()
        },
        "required": list(ASPECTS),
        "additionalProperties": False,
    }


def read_analysis(answer: str, exhibits: Sequence[Exhibit]) -> tuple[Trait, ...]:
    """The statements that rest on exhibits which exist; the others are left out.

    Raises ModelFailed if none is left.
    """
    try:
        written = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ModelFailed("The model's analysis is no JSON.") from error
    places = {exhibit.number: exhibit.places for exhibit in exhibits}
    traits = tuple(_traits(written, places)) if isinstance(written, dict) else ()
    if not traits:
        raise ModelFailed("The model's analysis rests on no evidence of the book.")
    return traits


def _traits(written: Mapping[str, Any], places: Mapping[int, tuple[Span, ...]]) -> Iterator[Trait]:
    for aspect in ASPECTS:
        found = (_trait(aspect, item, places) for item in _list(written.get(aspect)))
        yield from [trait for trait in found if trait is not None][:MAX_STATEMENTS]


def _trait(aspect: str, item: Any, places: Mapping[int, tuple[Span, ...]]) -> Trait | None:
    if not isinstance(item, dict) or not isinstance(item.get("statement"), str):
        return None
    statement = one_line(item["statement"], _LONGEST_STATEMENT)
    known = [n for n in _list(item.get("evidence")) if type(n) is int and n in places]
    evidence = tuple(dict.fromkeys(place for n in known for place in places[n]))
    if not statement or not evidence or takes_over(statement):
        return None
    return Trait(aspect, statement, evidence[:MAX_PLACES])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
