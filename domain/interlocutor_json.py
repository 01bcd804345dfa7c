"""An interlocutor as JSON, so that processes can share what took long to find out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from domain.cast import Alias, Character, Gender
from domain.ids import CharacterId
from domain.interlocutor import Interlocutor
from domain.span import Span
from domain.speech import Line
from domain.wording import Wordings


def interlocutor_to_json(who: Interlocutor, of: Sequence[str | int]) -> bytes:
    """`of`: all that it depends on."""
    written = {
        "of": list(of),
        "persona": who.persona,
        "names": dict(who.names),
        "character": asdict(who.character) if who.character else None,
        "lines": [[line.span.start, line.span.end, line.text] for line in who.lines],
        "telling": [who.lines.index(line) for line in who.telling],
        "places": [[s.start, s.end, place] for s, place in who.passage_of_line.items()],
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()


def interlocutor_from_json(written: bytes, of: Sequence[str | int]) -> Interlocutor | None:
    """None if it is of anything else, or not what `interlocutor_to_json` writes."""
    try:
        found = json.loads(written)
        return _interlocutor(found) if found["of"] == list(of) else None
    except (ValueError, TypeError, LookupError, RecursionError):
        return None


def _interlocutor(found: Mapping[str, Any]) -> Interlocutor:
    lines = tuple(Line(Span(start, end), _text(text)) for start, end, text in found["lines"])
    return Interlocutor(
        persona=_text(found["persona"]),
        names={_text(name): _gender(gender) for name, gender in dict(found["names"]).items()},
        character=_character(found["character"]),
        lines=lines,
        telling=tuple(lines[place] for place in found["telling"]),
        wordings=Wordings([line.text for line in lines]),
        passage_of_line={Span(start, end): place for start, end, place in found["places"]},
    )


def _character(found: Mapping[str, Any]) -> Character:
    return Character(
        id=CharacterId(_text(found["id"])),
        name=_text(found["name"]),
        aliases=tuple(Alias(**alias) for alias in found["aliases"]),
        first_mention=Span(**found["first_mention"]),
        gender=_gender(found["gender"]),
        mention_count=found["mention_count"],
        quote_count=found["quote_count"],
        is_narrator=found["is_narrator"],
        gender_known_from=found["gender_known_from"],
        narrator_known_from=found["narrator_known_from"],
    )


def _gender(value: str | None) -> Gender | None:
    return None if value is None else Gender(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
