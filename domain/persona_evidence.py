"""What a model may read of a character before it describes them: numbered pieces of the text.

Each piece keeps the places that it comes from, so that a statement made of it has its provenance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.frontier import Frontier
from domain.persona_prompt import profile_traits
from domain.profile import Profile
from domain.prompt_data import one_line
from domain.span import Span
from domain.speech import Line
from domain.wording import words

MAX_LINES = 48  # of the character, beside the most telling ones
MAX_MEETINGS = 3
LONGEST_LINE = 400  # code points
_LONGEST_SCENE = 900
_FEWEST_WORDS = 5  # of a line that tells something
_COUNTED = frozenset({"identity", "voice", "relationships"})


class ExhibitKind(StrEnum):
    FACT = "fact"  # counted over the whole of what was read
    DESCRIPTION = "description"  # a sentence of the narration
    LINE = "line"  # said by the character
    SCENE = "scene"  # some paragraphs about the character and another


@dataclass(frozen=True, slots=True)
class Exhibit:
    number: int  # from 1; 0 until it is chosen
    kind: ExhibitKind
    text: str
    places: tuple[Span, ...]


def exhibits_of(profile: Profile, text: str, through: Frontier) -> list[Exhibit]:
    """All that could be shown, what tells most first; nothing of it lies past `through`.

    `text` is the canonical text, at least up to there.
    """
    facts = [t for t in profile_traits(profile) if t.label in _COUNTED]
    pieces = [
        *(Exhibit(0, ExhibitKind.FACT, t.text, t.evidence) for t in facts),
        *(_line(s, ExhibitKind.DESCRIPTION) for s in profile.sightings),
        *(_line(s, ExhibitKind.LINE) for s in profile.telling_lines),
        *_scenes(profile, text),
        *(_line(s, ExhibitKind.LINE) for s in _more_lines(profile)),
    ]
    return [p for p in pieces if all(through.sees(place) for place in p.places)]


def numbered(chosen: Sequence[Exhibit]) -> tuple[Exhibit, ...]:
    """Kind by kind, and within a kind in the order of the text; numbers from 1."""
    order = tuple(ExhibitKind)
    together = sorted(chosen, key=lambda e: (order.index(e.kind), e.places))
    return tuple(replace(e, number=number) for number, e in enumerate(together, start=1))


def _line(line: Line, kind: ExhibitKind) -> Exhibit:
    return Exhibit(0, kind, one_line(line.text, LONGEST_LINE), (line.span,))


def _more_lines(profile: Profile) -> Iterator[Line]:
    """Lines from all over the book, evenly."""
    shown = {line.span for line in profile.telling_lines}
    fit = [
        line
        for line in profile.lines
        if line.span not in shown and len(words(line.text)) >= _FEWEST_WORDS
    ]
    step = max(1.0, len(fit) / MAX_LINES)
    yield from (fit[int(place * step)] for place in range(min(MAX_LINES, len(fit))))


def _scenes(profile: Profile, text: str) -> Iterator[Exhibit]:
    """Where they first are with those they have most to do with, and then all through the book."""
    people = {p.name: p for p in (*profile.speaks_with, *profile.appears_with) if p.evidence}
    meetings = [p.evidence[0] for p in list(people.values())[:MAX_MEETINGS]]
    speeches = [line.span for line in profile.telling_lines[1::2]]
    for where in dict.fromkeys(_around(place, text) for place in (*meetings, *speeches)):
        yield Exhibit(0, ExhibitKind.SCENE, one_line(where.of(text), _LONGEST_SCENE), (where,))


def _around(place: Span, text: str) -> Span:
    """The paragraphs that hold the place, with the one before and the one after."""
    start, end = _back(text, _back(text, place.start)), _on(text, _on(text, place.end))
    if end - start > _LONGEST_SCENE:
        start = _back(text, place.start)
        end = min(end, max(place.end, start + _LONGEST_SCENE))
    return Span(start, end).trimmed(text)


def _back(text: str, offset: int) -> int:
    before = text.rfind("\n\n", 0, max(0, offset - 2))
    return before + 2 if before >= 0 else 0


def _on(text: str, offset: int) -> int:
    end = text.find("\n\n", min(len(text), offset + 2))
    return end if end >= 0 else len(text)
