"""The checker of vendors' traffic is itself to be relied on."""

from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse

from tests.stubs.checked_traffic import CheckedTraffic
from tests.stubs.openapi import OpenApi

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/things/{name}": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {
                        "name": "searchParameters",
                        "in": "query",
                        "schema": {"$ref": "#/components/schemas/Search"},
                    },
                ],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Named"}},
                            "text/event-stream": {"schema": {"$ref": "#/components/schemas/Thing"}},
                        }
                    },
                },
            },
            "put": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                    },
                },
                "responses": {"default": {"content": {}}},
            },
        },
        "/things/fixed": {"post": {"responses": {"200": {}}}},
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "integer"},
                    "colour": {"type": "string", "nullable": True},
                    "inner": {
                        "anyOf": [{"$ref": "#/components/schemas/Thing"}, {"nullable": True}]
                    },
                    "free": {"type": "object"},
                },
            },
            "Named": {
                "allOf": [
                    {"$ref": "#/components/schemas/Thing"},
                    {"type": "object", "properties": {"name": {"type": "string"}}},
                ]
            },
            "Search": {
                "type": "object",
                "required": ["q"],
                "properties": {"q": {"type": "string"}},
            },
        }
    },
}


@pytest.fixture
def document() -> OpenApi:
    return OpenApi(DOCUMENT)


@pytest.mark.parametrize(
    "body",
    [
        {"size": 1},
        {"size": 1, "colour": None, "inner": None, "free": {"any": 1}},
        b'{"size": 1, "inner": {"size": 2}}',
    ],
)
def test_what_is_published_passes(document: OpenApi, body: object) -> None:
    assert document.problems_of_request("PUT", "/things/a", body) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"size": 1, "color": "red"}, "'color' was unexpected"),
        ({"size": 1, "inner": {"size": 2, "color": "red"}}, "'color' was unexpected"),
        ({"size": "1"}, r"$.size: '1' is not of type 'integer'"),
        ({"size": None}, "$.size: None is not of type 'integer'"),
        ({}, "'size' is a required property"),
        (b"", "is not of type 'object'"),
    ],
)
def test_what_is_not_is_told(document: OpenApi, body: object, told: str) -> None:
    assert any(told in p for p in document.problems_of_request("PUT", "/things/a", body))


def test_an_answer_made_of_several_schemas_is_closed_as_a_whole(document: OpenApi) -> None:
    def problems(body: object) -> list[str]:
        return document.problems_of_response("GET", "/things/a", 200, body)

    assert problems({"size": 1, "name": "a"}) == []
    assert "'nam' was unexpected" in problems({"size": 1, "nam": "a"})[0]


def test_each_event_of_a_stream_is_looked_at(document: OpenApi) -> None:
    body = b'data: {"size": 1}\n\ndata: {"siez": 1}\n\ndata: [DONE]\n\n'
    problems = document.problems_of_response("GET", "/things/a", 200, body, "text/event-stream")
    assert any("'siez' was unexpected" in p for p in problems)


def test_parameters_are_known_by_name_and_type(document: OpenApi) -> None:
    def problems(query: str) -> str:
        return "".join(document.problems_of_request("GET", f"/things/a?{query}"))

    assert problems("q=7&limit=7") == ""
    assert "'lim'" in problems("q=a&lim=7")
    assert "'many' is not of type 'integer'" in problems("q=a&limit=many")
    assert "'q' is a required property" in problems("limit=7")


def test_only_published_operations_pass(document: OpenApi) -> None:
    assert document.problems_of_request("POST", "/things/fixed") == []
    assert document.problems_of_request("POST", "/things/a") == ["POST /things/a is not published"]


def test_a_success_that_is_not_published_is_told_and_an_error_passes(document: OpenApi) -> None:
    assert document.problems_of_response("GET", "/things/a", 201, {}) != []
    assert document.problems_of_response("GET", "/things/a", 503, "proxy") == []


async def test_traffic_through_a_stub_is_checked_both_ways(
    document: OpenApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenApi, "of", lambda _: document)
    traffic = CheckedTraffic(JSONResponse({"size": "large"}), "vendor", ("GET /away/*",))
    transport = httpx.ASGITransport(traffic)
    async with httpx.AsyncClient(transport=transport, base_url="http://stub") as client:
        await client.get("/things/a", params={"q": "b", "lim": "7"})
        await client.get("/away/far")
    *requests, response = traffic.problems
    assert any("request GET /things/a: query" in r and "'lim'" in r for r in requests)
    assert response == "response GET /things/a 200: $.size: 'large' is not of type 'integer'"
