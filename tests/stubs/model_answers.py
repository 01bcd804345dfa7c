"""What the stubs of language models say by themselves: always the same to the same request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_PASSAGE = re.compile(r'<passage number="(\d+)"[^>]*>\n(.*?)\n</passage>', re.DOTALL)
_PORTRAYED = re.compile(r"\AThe character: (.+), of “.*<analysis>", re.DOTALL)
_WORDS = 12


def reply_to(prompt: str) -> list[str]:
    """In pieces: the first words of the first passage's longest stretch without quotation marks, in
    quotation marks, cited by its number; of a character who is to be portrayed, a portrait."""
    if portrayed := _PORTRAYED.match(prompt):
        return [f"You are {portrayed[1]}. ", *["You are calm and exact in all you say. "] * 4]
    passage = _PASSAGE.search(prompt)
    if passage is None:
        return ["Good ", "evening."]
    stretch = max(re.split(r"[“”\"‹›\n]", passage[2]), key=len)
    line = " ".join(stretch.strip().split(" ")[:_WORDS])
    return ["The book says: ", f"“{line}”", f" [{passage[1]}]."]


def object_fitting(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> Any:
    """The plainest value that fits a JSON Schema: every property, one item an array."""
    root = schema if root is None else root
    if reference := schema.get("$ref"):
        found: Any = root
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return object_fitting(found, root)
    for alternatives in ("anyOf", "oneOf", "allOf"):
        if alternatives in schema:
            return object_fitting(schema[alternatives][0], root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        kind = kind[0]
    if kind == "object":
        return {n: object_fitting(s, root) for n, s in schema.get("properties", {}).items()}
    if kind == "array":
        count = max(1, schema.get("minItems", 1))
        return [object_fitting(schema.get("items", {}), root) for _ in range(count)]
    plain: dict[str, Any] = {
        "string": "calm and exact".ljust(schema.get("minLength", 0), "."),
        "integer": schema.get("minimum", 1),
        "number": schema.get("minimum", 0.5),
        "boolean": True,
        "null": None,
    }
    return plain[kind]
