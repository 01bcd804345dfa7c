"""Answers that are one JSON object: asked for in words, and checked."""

import json
import re
from collections.abc import Mapping
from typing import Any

from domain.errors import ModelFailed

_FENCED = re.compile(r"\A```(?:json)?\s*\n(.*?)\n?```\Z", re.DOTALL)


def asked_in_words(system: str, schema: Mapping[str, Any]) -> str:
    """The system's message for a model whose server takes no schema."""
    shape = json.dumps(schema, ensure_ascii=False)
    return f"{system}\n\nAnswer with one JSON object, and nothing else, that fits: {shape}".strip()


def as_object(answer: str) -> str:
    """The answer, freed of a Markdown fence. Raises ModelFailed if it is no JSON object."""
    text = answer.strip()
    if fenced := _FENCED.match(text):
        text = fenced.group(1)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ModelFailed("The model's answer is not the JSON it was asked for.") from error
    if not isinstance(value, dict):
        raise ModelFailed("The model's answer is JSON, but no object.")
    return text


def is_strict(schema: object) -> bool:
    """Whether every object in it requires all its properties and allows no others.

    Only such a schema may be asked for strictly
    (https://platform.openai.com/docs/guides/structured-outputs).
    """
    if isinstance(schema, list):
        return all(map(is_strict, schema))
    if not isinstance(schema, Mapping):
        return True
    if "properties" in schema and not (
        schema.get("additionalProperties") is False
        and set(schema.get("required", ())) == set(schema["properties"])
    ):
        return False
    return all(map(is_strict, schema.values()))
