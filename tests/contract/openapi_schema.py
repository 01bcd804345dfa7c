"""As much of JSON Schema as the published OpenAPI documents of our providers use."""

from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}


class OpenApi:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def problems(self, value: object, schema: dict[str, Any], at: str = "$") -> list[str]:
        """What of the value does not fit, each with its place; properties unknown are told too."""
        if reference := schema.get("$ref"):
            return self.problems(value, self._resolved(reference), at)
        if choices := schema.get("oneOf"):
            fits = [self.problems(value, choice, at) for choice in choices]
            return [] if [] in fits else [f"{at}: fits none of {len(choices)} forms"]
        wanted = schema.get("type")
        if wanted and (
            not isinstance(value, _TYPES[wanted])
            or (isinstance(value, bool) and wanted in ("integer", "number"))
        ):
            return [f"{at}: {value!r} is no {wanted}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{at}: {value!r} is none of {schema['enum']}"]
        if isinstance(value, list):
            items = schema.get("items", {})
            return [p for i, v in enumerate(value) for p in self.problems(v, items, f"{at}[{i}]")]
        return self._of_object(value, schema, at) if isinstance(value, dict) else []

    def schema(self, name: str) -> dict[str, Any]:
        return self._resolved(f"#/components/schemas/{name}")

    def _of_object(self, value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
        properties = schema.get("properties", {})
        found = [f"{at}: {n} is missing" for n in schema.get("required", ()) if n not in value]
        for name, inner in value.items():
            if name in properties:
                found += self.problems(inner, properties[name], f"{at}.{name}")
            elif properties and not schema.get("additionalProperties"):
                found.append(f"{at}: {name} is unknown")
        return found

    def _resolved(self, reference: str) -> dict[str, Any]:
        found: dict[str, Any] = self._document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return found
