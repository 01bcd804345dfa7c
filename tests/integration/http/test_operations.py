import httpx
import pytest
from fastapi import FastAPI

from adapters.inbound.http.config import HttpConfig
from application.ports.health import Health
from tests.integration.http.world import BOOK, World


async def test_health_is_two_letters_of_plain_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_ready_tells_of_each_dependency(client: httpx.AsyncClient) -> None:
    answer = await client.get("/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "dependencies": [
            {"name": "queue", "ok": True, "needed": True, "detail": "memory", "latency_ms": 0.1}
        ],
    }


async def test_one_dependency_that_does_not_work_is_503(
    client: httpx.AsyncClient, world: World
) -> None:
    world.check.health = Health("queue", False, "The disk is full: free some space.")
    answer = await client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert (await client.get("/health")).status_code == 200


async def test_metrics_count_requests_by_template(client: httpx.AsyncClient) -> None:
    await client.get(f"/api/books/{BOOK}")
    await client.get(f"/api/books/{BOOK}/")
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    line = 'http_requests_total{endpoint="/api/books/{book_id}",method="GET",status_code="200"} 1.0'
    assert line in answer.text
    assert 'endpoint="unmatched"' in answer.text
    assert BOOK not in answer.text


async def test_a_route_that_is_none_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "route_not_found"
    assert answer.json()["error"] == answer.json()["detail"]


async def test_another_method_is_a_problem_that_names_the_right_one(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.delete("/health")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["Allow"] in answer.json()["error"]
    assert answer.headers["allow"] == "GET"


async def test_what_nobody_foresaw_is_a_problem_with_a_request_id(
    client: httpx.AsyncClient, world: World
) -> None:
    world.check.health = None  # type: ignore[assignment]
    answer = await client.get("/ready")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "NoneType" not in answer.text
    assert answer.headers["x-request-id"]


async def test_the_document_describes_errors_as_problems(app: FastAPI) -> None:
    document = app.openapi()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["tags"]
            if path.startswith(("/api", "/character")):
                assert {"401", "422", "503"} <= operation["responses"].keys()
            for status, response in operation["responses"].items():
                if status >= "400" and path != "/ready":
                    assert list(response["content"]) == ["application/problem+json"]
    names = [o["operationId"] for ops in document["paths"].values() for o in ops.values()]
    assert len(names) == len(set(names))
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_docs_are_served(client: httpx.AsyncClient) -> None:
    assert (await client.get("/docs")).status_code == 200
    assert (await client.get("/openapi.json")).json()["info"]["title"] == "Falsafa"


class TestWithAKey:
    @pytest.fixture
    def config(self) -> HttpConfig:
        origins = ("https://reader.example",)
        return HttpConfig(auth_mode="key", api_key="s3cret", cors_origins=origins)

    @pytest.mark.parametrize("path", ["/metrics", "/api/books", "/nothing"])
    async def test_without_it_nothing_is_told(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.status_code == 401
        assert answer.json()["code"] == "unauthorized"
        assert answer.headers["www-authenticate"] == 'Bearer realm="falsafa"'

    async def test_with_it_all_is(self, client: httpx.AsyncClient) -> None:
        headers = {"Authorization": "Bearer s3cret"}
        assert (await client.get("/metrics", headers=headers)).status_code == 200
        assert (await client.get("/api/books", headers={"X-API-Key": "s3cret"})).is_success

    async def test_probes_need_none(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/ready")).status_code == 200

    async def test_a_browser_may_ask_first_without_it(self, client: httpx.AsyncClient) -> None:
        headers = {
            "Origin": "https://reader.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        answer = await client.options("/character/chat", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://reader.example"

    async def test_a_browser_can_read_why_it_was_refused(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/books", headers={"Origin": "https://reader.example"})
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "https://reader.example"

    async def test_the_document_says_where_it_goes(self, app: FastAPI) -> None:
        document = app.openapi()
        assert document["components"]["securitySchemes"].keys() == {"bearer", "apiKey"}
        assert document["paths"]["/health"]["get"]["security"] == []
