"""Schemas of OpenAPI 3.0 and 3.1 as strict JSON Schema 2020-12.

Strict: where a schema lists an object's properties and says nothing of others, others are
refused, so that a misspelt property is told of. A schema that takes part in an `allOf` stays open
there and the whole is closed, so each schema is kept in both forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_COMPONENTS = "#/components/schemas/"
_OPEN = "#/components/open/"
_SHAPE = {"type", "properties", "$ref", "allOf", "anyOf", "oneOf", "enum", "const", "required"}
_KEPT = {
    *_SHAPE,
    *("additionalProperties", "items", "minimum", "maximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "pattern", "exclusiveMinimum", "exclusiveMaximum"),
}
_ANYTHING: Schema = {"additionalProperties": True}


def strict_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with every schema rewritten, and the open forms under `components/open`."""
    components = document.get("components", {})
    schemas = components.get("schemas", {})
    return {
        **document,
        "paths": _with_strict(document["paths"]),
        "components": {
            **_with_strict({k: v for k, v in components.items() if k != "schemas"}),
            "schemas": {name: strict(schema) for name, schema in schemas.items()},
            "open": {name: open_(schema) for name, schema in schemas.items()},
        },
    }


def strict(schema: Schema) -> Schema:
    """A schema of a whole value."""
    return _rewritten(schema, closed=True)


def open_(schema: Schema) -> Schema:
    """A schema that other schemas add properties to."""
    return _rewritten(schema, closed=False)


def _with_strict(part: Any) -> Any:
    if isinstance(part, list):
        return [_with_strict(inner) for inner in part]
    if not isinstance(part, dict):
        return part
    return {
        name: strict(inner) if name == "schema" else _with_strict(inner)
        for name, inner in part.items()
    }


def _rewritten(schema: Schema, *, closed: bool) -> Schema:
    if schema.get("nullable"):
        rest = {name: value for name, value in schema.items() if name != "nullable"}
        # `anyOf: [X, {nullable: true}]` means null, though its letter allows anything.
        if _SHAPE.isdisjoint(rest):
            return {"type": "null"}
        return {"anyOf": [_rewritten(rest, closed=closed), {"type": "null"}]}
    if schema.get("x-go-type") == "interface{}":  # written as an object, meant as any value
        return {}
    kept = {name: value for name, value in schema.items() if name in _KEPT}
    if reference := kept.get("$ref"):
        kept["$ref"] = reference if closed else reference.replace(_COMPONENTS, _OPEN)
        return kept
    # Alternatives may overlap where the vendor tells them apart in prose only.
    alternatives = [*kept.pop("oneOf", ()), *kept.pop("anyOf", ())]
    mixed = "properties" in kept or "allOf" in kept
    if alternatives:
        kept["anyOf"] = [_rewritten(s, closed=closed and not mixed) for s in alternatives]
    if "allOf" in kept:
        kept["allOf"] = [open_(part) for part in kept["allOf"]]
    if "properties" in kept:
        kept["properties"] = {name: strict(inner) for name, inner in kept["properties"].items()}
    if isinstance(kept.get("items"), dict):
        kept["items"] = strict(kept["items"])
    others = kept.get("additionalProperties")
    if isinstance(others, dict):  # a bare `type: object` there is meant as any value
        kept["additionalProperties"] = {} if others == {"type": "object"} else strict(others)
    if mixed:
        if closed and "additionalProperties" not in kept:
            alone = "allOf" not in kept and "anyOf" not in kept
            kept["additionalProperties" if alone else "unevaluatedProperties"] = False
    elif _lists_nothing(kept):
        kept |= _ANYTHING
    return kept


def _lists_nothing(kept: Schema) -> bool:
    """An object of any properties, or any value at all."""
    return "additionalProperties" not in kept and (
        _SHAPE.isdisjoint(kept) or "object" in kept.get("type", ())
    )
