"""Counts, times and logs every request, under the names that deployments scrape."""

import re
from collections.abc import Iterable
from time import perf_counter

import structlog
from dependency_injector.wiring import Provide, inject
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger(__name__)

UNMATCHED = "unmatched"  # one label for all paths that are no route: a scanner must not add labels
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class EndpointTemplates:
    """The template of the route that a path belongs to, found without the router: requests in
    progress are counted before they are routed."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._literal: set[str] = set()
        self._patterns: dict[str, re.Pattern[str]] = {}
        for route in routes:
            if isinstance(route, Route) and not route.param_convertors:
                self._literal.add(route.path)
            elif isinstance(route, Route):
                self._patterns[route.path] = route.path_regex

    def of(self, path: str) -> str:
        if path in self._literal:
            return path
        matching = (t for t, pattern in self._patterns.items() if pattern.match(path))
        return next(matching, UNMATCHED)


class MetricsMiddleware:
    @inject
    def __init__(
        self,
        app: ASGIApp,
        templates: EndpointTemplates,
        registry: CollectorRegistry = Provide["metrics_registry"],
    ) -> None:
        self._app = app
        self._templates = templates
        self._total = Counter(
            "http_requests_total",
            "Requests answered.",
            ("method", "endpoint", "status_code"),
            registry=registry,
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "From the request's head to the last byte of its answer.",
            ("method", "endpoint"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._in_progress = Gauge(
            "http_requests_in_progress",
            "Requests being answered now, open streams among them.",
            ("method", "endpoint"),
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 499  # the client left before there was an answer

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        endpoint = self._templates.of(scope["path"])
        began = perf_counter()
        with self._in_progress.labels(method, endpoint).track_inprogress():
            try:
                await self._app(scope, receive, watched_send)
            finally:
                seconds = perf_counter() - began
                self._seconds.labels(method, endpoint).observe(seconds)
                self._total.labels(method, endpoint, str(status)).inc()
                # The template, not the path: ids and queries are the reader's.
                _log.info(
                    "request",
                    method=method,
                    endpoint=endpoint,
                    status=status,
                    seconds=round(seconds, 4),
                )
