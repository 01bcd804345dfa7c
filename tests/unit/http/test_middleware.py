import json

import pytest
import structlog
from prometheus_client import CollectorRegistry
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from adapters.inbound.http.config import HttpConfig
from adapters.inbound.http.middleware.auth import KeyMiddleware
from adapters.inbound.http.middleware.errors import ErrorMiddleware
from adapters.inbound.http.middleware.limits import ReaderStalled
from adapters.inbound.http.middleware.metrics import EndpointTemplates, MetricsMiddleware
from adapters.inbound.http.middleware.request_id import RequestIdMiddleware
from adapters.inbound.http.middleware.security_headers import SecurityHeadersMiddleware
from domain.errors import Misconfigured
from tests.unit.http.asgi import App, Client, scope


async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x"})


def failing(error: Exception, *, started: bool = False) -> App:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise error

    return app


class TestKey:
    app = KeyMiddleware(answer, "s3cret-کلید")

    async def status(self, path: str = "/api/books", **headers: str) -> int:
        client = Client()
        await client.call(self.app, scope(path, **headers))
        return client.status

    async def test_the_key_opens_by_either_header(self) -> None:
        app = KeyMiddleware(answer, "s3cret")
        for headers in ({"authorization": "Bearer s3cret"}, {"x_api_key": "s3cret"}):
            client = Client()
            await client.call(app, scope("/api/books", **headers))
            assert client.status == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"authorization": "Bearer wrong"},
            {"authorization": "Bearer "},
            {"authorization": "Basic s3cret"},
            {"authorization": "s3cret"},
            {"x_api_key": "s3cret"},
            {"x_api_key": "\xff"},
        ],
    )
    async def test_anything_else_does_not(self, headers: dict[str, str]) -> None:
        assert await self.status(**headers) == 401

    @pytest.mark.parametrize("path", ["/metrics", "/api/books", "/health/", "/nothing"])
    async def test_a_path_is_closed_unless_it_is_named(self, path: str) -> None:
        assert await self.status(path) == 401

    @pytest.mark.parametrize("path", ["/health", "/ready", "/openapi.json"])
    async def test_probes_need_no_key(self, path: str) -> None:
        assert await self.status(path) == 200

    async def test_a_refusal_is_a_problem(self) -> None:
        client = Client()
        await client.call(self.app, scope("/api/books"))
        assert client.headers["content-type"] == "application/problem+json"
        assert client.headers["www-authenticate"].startswith("Bearer")
        assert json.loads(client.body)["code"] == "unauthorized"


def test_key_mode_without_a_key_is_no_configuration() -> None:
    with pytest.raises(Misconfigured, match="BACKEND_API_KEY"):
        HttpConfig(auth_mode="key")


def test_the_key_does_not_show_in_a_log() -> None:
    assert "s3cret" not in repr(HttpConfig(auth_mode="key", api_key="s3cret"))


class TestRequestId:
    async def test_a_callers_id_comes_back_and_reaches_the_log(self) -> None:
        bound: dict[str, object] = {}

        async def app(inner: Scope, receive: Receive, send: Send) -> None:
            bound.update(structlog.contextvars.get_contextvars())
            await answer(inner, receive, send)

        client = Client()
        await client.call(RequestIdMiddleware(app), scope(x_request_id="abc-1"))
        assert client.headers["x-request-id"] == "abc-1"
        assert bound == {"request_id": "abc-1"}
        assert structlog.contextvars.get_contextvars() == {}

    @pytest.mark.parametrize("given", ["", "a b", "a\nb", "x" * 129, "ü"])
    async def test_an_id_that_would_spoil_the_log_is_replaced(self, given: str) -> None:
        client = Client()
        await client.call(RequestIdMiddleware(answer), scope(x_request_id=given))
        assert client.headers["x-request-id"] != given
        assert len(client.headers["x-request-id"]) == 32


class TestErrors:
    async def test_what_nobody_foresaw_is_a_problem_without_details(self) -> None:
        client = Client()
        await client.call(ErrorMiddleware(failing(RuntimeError("password=1"))), scope("/x"))
        assert client.status == 500
        assert json.loads(client.body)["code"] == "internal_error"
        assert b"password" not in client.body

    async def test_an_answer_that_has_begun_is_cut_off(self) -> None:
        with pytest.raises(RuntimeError):
            await Client().call(ErrorMiddleware(failing(RuntimeError("late"), started=True)))

    @pytest.mark.parametrize("error", [ClientDisconnect(), ReaderStalled()])
    async def test_nobody_is_told_when_nobody_is_there(self, error: Exception) -> None:
        client = Client()
        await client.call(ErrorMiddleware(failing(error)))
        assert client.got == []


async def test_answers_carry_the_headers_that_browsers_heed() -> None:
    client = Client()
    await client.call(SecurityHeadersMiddleware(answer))
    assert client.headers["x-content-type-options"] == "nosniff"
    assert client.headers["cache-control"] == "no-store"


async def nothing() -> None: ...


class TestMetrics:
    routes = (
        Route("/health", nothing),
        Route("/api/books/{book_id}", nothing),
        Route("/api/books/{book_id}/text", nothing),
    )

    @pytest.mark.parametrize(
        ("path", "template"),
        [
            ("/health", "/health"),
            ("/api/books/42", "/api/books/{book_id}"),
            ("/api/books/42/text", "/api/books/{book_id}/text"),
            ("/api/books/42/", "unmatched"),
            ("/wp-login.php", "unmatched"),
        ],
    )
    def test_the_endpoint_is_the_routes_template(self, path: str, template: str) -> None:
        assert EndpointTemplates(self.routes).of(path) == template

    async def counted(self, app: App, method: str = "GET") -> CollectorRegistry:
        registry = CollectorRegistry()
        middleware = MetricsMiddleware(app, EndpointTemplates(self.routes), registry)
        await Client().call(middleware, scope("/api/books/42", method))
        return registry

    async def test_a_request_is_counted_and_timed_under_the_names_of_deployments(self) -> None:
        registry = await self.counted(answer)
        labels = {"method": "GET", "endpoint": "/api/books/{book_id}"}
        total = registry.get_sample_value("http_requests_total", labels | {"status_code": "200"})
        assert total == 1
        assert registry.get_sample_value("http_request_duration_seconds_count", labels) == 1
        assert registry.get_sample_value("http_requests_in_progress", labels) == 0

    async def test_a_request_is_in_progress_while_it_is_answered(self) -> None:
        seen: list[float | None] = []
        registry = CollectorRegistry()

        async def app(inner: Scope, receive: Receive, send: Send) -> None:
            labels = {"method": "GET", "endpoint": "/health"}
            seen.append(registry.get_sample_value("http_requests_in_progress", labels))
            await answer(inner, receive, send)

        middleware = MetricsMiddleware(app, EndpointTemplates(self.routes), registry)
        await Client().call(middleware, scope("/health"))
        assert seen == [1]

    async def test_methods_nobody_knows_share_a_label(self) -> None:
        registry = await self.counted(answer, method="BREW")
        labels = {"method": "OTHER", "endpoint": "/api/books/{book_id}", "status_code": "200"}
        assert registry.get_sample_value("http_requests_total", labels) == 1

    async def test_a_client_that_left_is_counted_as_such(self) -> None:
        registry = await self.counted(ErrorMiddleware(failing(ClientDisconnect())))
        labels = {"method": "GET", "endpoint": "/api/books/{book_id}", "status_code": "499"}
        assert registry.get_sample_value("http_requests_total", labels) == 1
