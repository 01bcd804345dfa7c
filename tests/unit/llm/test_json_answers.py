from typing import Any

import pytest

from adapters.outbound.llm.json_answers import as_object, asked_in_words, is_strict
from domain.errors import ModelFailed

STRICT = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "answer", ['{"a": 1}', ' {"a": 1}\n', '```json\n{"a": 1}\n```', '```\n{"a": 1}```\n']
)
def test_an_object_is_freed_of_what_stands_around_it(answer: str) -> None:
    assert as_object(answer) == '{"a": 1}'


@pytest.mark.parametrize("answer", ["", "[]", "7", "Gladly: {}", '{"a": ', "```json\n```"])
def test_anything_else_is_no_answer(answer: str) -> None:
    with pytest.raises(ModelFailed):
        as_object(answer)


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (STRICT, True),
        ({"type": "string"}, True),
        (STRICT | {"additionalProperties": True}, False),
        (STRICT | {"required": []}, False),
        (STRICT | {"properties": {"a": {"type": "array", "items": STRICT}}}, True),
        (STRICT | {"properties": {"a": {"anyOf": [STRICT | {"required": []}]}}}, False),
    ],
)
def test_strict_is_a_schema_whose_objects_are_closed(schema: Any, strict: bool) -> None:
    assert is_strict(schema) is strict


def test_a_schema_in_words_follows_the_system_s() -> None:
    assert asked_in_words("Be exact.", STRICT).startswith("Be exact.\n\nAnswer with one JSON")
    assert '"required": ["a"]' in asked_in_words("", STRICT)
