"""Checks traffic against the OpenAPI document that a vendor publishes.

The documents stand beside the evaluation data (`specs/` next to `FALSAFA_EVAL_DIR`), trimmed to
what we use. Where they are not there, `OpenApi.of` gives None and nothing is checked.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.stubs.openapi_schemas import Schema, open_, strict_document

_ID = "urn:published"
_PREFIXES = {"openai": "/v1"}  # what the document leaves to the server's URL
_JSON, _EVENTS, _LINES = "application/json", "text/event-stream", "application/x-ndjson"


class OpenApi:
    def __init__(self, document: Mapping[str, Any], prefix: str = "") -> None:
        self._published = document
        self._document = strict_document(document)
        self._prefix = prefix
        resource = DRAFT202012.create_resource(self._document)
        self._registry: Registry[Any] = Registry().with_resource(_ID, resource)

    @classmethod
    @cache
    def of(cls, vendor: str) -> OpenApi | None:
        """Of "typesense", "qdrant", "openai", "cohere" or "ollama"."""
        folder = os.environ.get("FALSAFA_EVAL_DIR")
        path = Path(folder).parent / "specs" / f"{vendor}.json" if folder else None
        if path is None or not path.is_file():
            return None
        return cls(json.loads(path.read_text()), _PREFIXES.get(vendor, ""))

    def publishes(self, method: str, path: str) -> bool:
        return self._operation(method, path) is not None

    def problems_of_request(self, method: str, path: str, body: object = None) -> list[str]:
        """`path` with its query string; `body` decoded from JSON, or bytes as they are sent."""
        place = self._operation(method, path)
        if place is None:
            return [f"{method} {urlsplit(path).path} is not published"]
        found = [f"query {p}" for p in self._problems_of_query(place, urlsplit(path).query)]
        request = self._resolved(self._at(place).get("requestBody", {}))
        if not request:
            return found if body in (None, b"", "") else [*found, "$: no body is published"]
        media_type, content = next(iter(request["content"].items()))
        if body in (None, b"") and not request.get("required"):
            return found
        return found + self._problems(_decoded(body, media_type), content.get("schema", {}))

    def problems_of_response(
        self, method: str, path: str, status: int, body: object, media_type: str = _JSON
    ) -> list[str]:
        """Of an event stream or of lines of JSON, given as bytes, each event and line.

        An error whose status is not published passes: proxies have their own.
        """
        place = self._operation(method, path)
        if place is None:
            return []  # told of the request
        responses = self._at(place)["responses"]
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                break
        else:
            return [] if status >= 400 else [f"status {status} is not published"]
        contents = self._resolved(responses[key]).get("content", {})
        media_type = media_type.partition(";")[0].strip().lower()
        published = media_type if media_type in contents else next(iter(contents), _JSON)
        schema = contents.get(published, {}).get("schema", {})
        if isinstance(body, bytes) and media_type in (_EVENTS, _LINES):
            *parts, last = [*_parts(body, media_type)] or [{}]
            # Of a stream of JSON lines, as Ollama's, the last has the form of a whole answer.
            whole = contents.get(_JSON, {}).get("schema", schema)
            schemas = [*(schema for _ in parts), whole if media_type == _LINES else schema]
            told = zip([*parts, last], schemas, strict=True)
            return [p for part, its in told for p in self._problems(part, its)]
        return self._problems(_decoded(body, published), schema)

    def problems(self, value: object, name: str) -> list[str]:
        """Of a value that the document names under `components/schemas`."""
        return self._problems(value, {"$ref": f"#/components/schemas/{name}"})

    def _problems(self, value: object, schema: Schema) -> list[str]:
        return [_told(error) for error in self._errors(value, schema)]

    def _errors(self, value: object, schema: Schema) -> list[ValidationError]:
        # A schema of this document refers within it: give its references the document's id.
        absolute = json.loads(json.dumps(schema).replace('"$ref": "#', f'"$ref": "{_ID}#'))
        validator = Draft202012Validator(absolute, registry=self._registry)
        return sorted(validator.iter_errors(value), key=lambda error: error.json_path)

    def _problems_of_query(self, place: tuple[str, str], query: str) -> list[str]:
        """A parameter that is an object stands for its properties (`style: form`)."""
        parts: list[Schema] = []
        for parameter in map(self._resolved, self._published_at(place).get("parameters", ())):
            if parameter["in"] != "query":
                continue
            schema, name = parameter.get("schema", {}), parameter["name"]
            if self._resolved(schema).get("type") == "object":
                parts.append(open_(schema))
            else:
                required = [name] if parameter.get("required") else []
                parts.append({"properties": {name: schema}, "required": required})
        whole: Schema = {"allOf": parts or [{}], "unevaluatedProperties": False}
        values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
        for error in self._errors(values, whole):  # what is not meant as a string is JSON
            if error.validator in ("type", "anyOf", "enum") and len(error.absolute_path) == 1:
                name = str(error.absolute_path[0])
                values[name] = _json_or_string(values[name])
        return [_told(error) for error in self._errors(values, whole)]

    def _operation(self, method: str, path: str) -> tuple[str, str] | None:
        bare = urlsplit(path).path.removeprefix(self._prefix)
        # A fixed path comes before one with a placeholder: /collections/aliases.
        for template in sorted(self._document["paths"], key=lambda t: t.count("{")):
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            known = method.lower() in self._document["paths"][template]
            if known and re.fullmatch(pattern, bare):
                return template, method.lower()
        return None

    def _at(self, place: tuple[str, str]) -> dict[str, Any]:
        template, method = place
        operation: dict[str, Any] = self._document["paths"][template][method]
        return operation

    def _published_at(self, place: tuple[str, str]) -> dict[str, Any]:
        template, method = place
        operation: dict[str, Any] = self._published["paths"][template][method]
        return operation

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        if reference := part.get("$ref"):
            found: Any = self._document
            for name in reference.removeprefix("#/").split("/"):
                found = found[unquote(name)]
            return self._resolved(found)
        return part


def _told(error: ValidationError) -> str:
    """Of a value that fits none of several forms, why it does not fit the likeliest."""
    deepest = best_match([error])
    return f"{deepest.json_path}: {deepest.message[:300]}"


def _decoded(body: object, media_type: str) -> object:
    if not isinstance(body, bytes):
        return body
    return json.loads(body or b"null") if media_type == _JSON else body.decode()


def _parts(body: bytes, media_type: str) -> Iterator[object]:
    for line in body.decode().splitlines():
        text = line.removeprefix("data:").strip() if media_type == _EVENTS else line
        is_data = line.startswith("data:") if media_type == _EVENTS else bool(line)
        if is_data and text != "[DONE]":
            yield json.loads(text)


def _json_or_string(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
