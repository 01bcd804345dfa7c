"""What BookNLP found, as five JSON documents to keep with the book.

Positions are code points of the canonical text, end exclusive. `coref` is BookNLP's own id: equal
ids are one and the same; the cast's ids are others, made to last.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from adapters.outbound.booknlp.files import Output
from domain.span import Span


def documents_of(output: Output, text: str, made_by: str) -> Mapping[str, bytes]:
    """By file name. `made_by`: library and model, for whoever reads them later."""
    found = {
        "entities": _entities(output, text),
        "quotes": _quotes(output, text),
        "coref": _coref(output, text),
        "supersense": _supersense(output, text),
        "events": _events(output, text),
    }
    return {
        f"{name}.json": json.dumps(
            {"made_by": made_by, name: rows}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        for name, rows in found.items()
    }


def _place(span: Span, text: str) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.of(text)}


def _entities(output: Output, text: str) -> list[dict[str, Any]]:
    return [
        {
            **_place(output.span(entity.first, entity.last), text),
            "category": entity.category,
            "kind": entity.kind,
            "coref": entity.coref,
        }
        for entity in output.entities
    ]


def _quotes(output: Output, text: str) -> list[dict[str, Any]]:
    return [
        {
            **_place(output.span(quotation.first, quotation.last), text),
            "speaker": quotation.speaker,
            "mention": _place(output.span(*quotation.mention), text) if quotation.mention else None,
        }
        for quotation in output.quotations
    ]


def _coref(output: Output, text: str) -> list[dict[str, Any]]:
    """A chain an id: where it is mentioned, and for people their gender and what they do and are.

    Roles: verbs they are the agent or the patient of, what is said of them, what is theirs.
    """
    chains: dict[int, list[dict[str, int]]] = defaultdict(list)
    for entity in output.entities:
        span = output.span(entity.first, entity.last)
        chains[entity.coref].append({"start": span.start, "end": span.end})
    rows = []
    for coref, mentions in chains.items():
        row: dict[str, Any] = {"coref": coref, "mentions": mentions}
        if person := output.persons.get(coref):
            row |= {"gender": person.gender, "gender_share": person.gender_share}
            for role, tokens in person.roles.items():
                row[role] = [_place(output.span(token, token), text) for token in tokens]
        rows.append(row)
    return rows


def _supersense(output: Output, text: str) -> list[dict[str, Any]]:
    return [
        {**_place(output.span(found.first, found.last), text), "category": found.category}
        for found in output.supersenses
    ]


def _events(output: Output, text: str) -> list[dict[str, Any]]:
    agents: dict[int, list[int]] = defaultdict(list)
    for person in output.persons.values():
        for token in dict.fromkeys(person.roles["agent"]):
            agents[token].append(person.coref)
    return [
        {
            **_place(output.span(number, number), text),
            "lemma": token.lemma,
            "sentence": token.sentence,
            "agents": agents[number],
        }
        for number, token in enumerate(output.tokens)
        if token.is_event
    ]
