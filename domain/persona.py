"""A character's persona: what a model is told so that it speaks as them, with its provenance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.span import Span


class PersonaOrigin(StrEnum):
    PROFILE = "profile"  # composed from the cast, by rule
    MODEL = "model"  # written by a language model
    EDITED = "edited"  # by a person


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing said of a character, and the places it comes from."""

    label: str  # "voice", "relationships", ...
    text: str
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    character_id: CharacterId
    number: int  # version, from 1; the highest serves
    prompt: str  # the system prompt
    through: Frontier  # written from the text up to here, so fit for no earlier reader
    origin: PersonaOrigin
    created_at: datetime
    traits: tuple[Trait, ...] = ()

    def fits(self, frontier: Frontier) -> bool:
        return self.through <= frontier
