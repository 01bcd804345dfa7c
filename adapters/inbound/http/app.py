"""The application that a server runs. It knows no container: routes ask for their parts by name,
so whoever makes the app wires this package first."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from types import ModuleType

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from adapters.inbound.http import openapi, problems
from adapters.inbound.http.config import HttpConfig
from adapters.inbound.http.event_stream import OpenStreams
from adapters.inbound.http.middleware.auth import DOCS_ASSETS, KeyMiddleware
from adapters.inbound.http.middleware.errors import ErrorMiddleware
from adapters.inbound.http.middleware.limits import LimitsMiddleware
from adapters.inbound.http.middleware.metrics import EndpointTemplates, MetricsMiddleware
from adapters.inbound.http.middleware.request_id import RequestIdMiddleware
from adapters.inbound.http.middleware.security_headers import SecurityHeadersMiddleware
from adapters.inbound.http.routers import (
    books,
    character_chat,
    characters,
    corrections,
    health,
    jobs,
    metrics,
    presence,
    processing,
    progress,
    search,
    sessions,
    text,
    turns,
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

_RESOURCES = (
    health,
    metrics,
    processing,
    character_chat,
    books,
    text,
    progress,
    jobs,
    characters,
    corrections,
    presence,
    search,
    sessions,
    turns,
)

_DESCRIPTION = (
    "Talk with books. Every answer is grounded in the text, cites it by exact position, and tells "
    "nothing that lies beyond the page the reader has reached. All positions are code-point "
    "offsets into the book's canonical text, end exclusive. Errors are problem details (RFC 9457)."
)


def create_app(config: HttpConfig, lifespan: Lifespan | None = None) -> FastAPI:
    """`app.state.streams.close()` ends the streams that have no end of their own; call it when a
    graceful shutdown begins."""
    return _assembled(config, lifespan, _RESOURCES)


def create_worker_app(config: HttpConfig, lifespan: Lifespan | None = None) -> FastAPI:
    """What a worker without an API answers: its own health and metrics."""
    return _assembled(config, lifespan, (health, metrics))


def _assembled(
    config: HttpConfig, lifespan: Lifespan | None, resources: Sequence[ModuleType]
) -> FastAPI:
    app = FastAPIOffline(  # /docs without a content delivery network
        title="Falsafa",
        version=version("falsafa"),
        description=_DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        static_url=DOCS_ASSETS,
    )
    app.state.streams = OpenStreams(config.ping_seconds)
    for resource in resources:
        app.include_router(resource.router)
    problems.install(app)
    openapi.describe(app, with_keys=config.auth_mode == "key")
    app.user_middleware.extend(_middleware(config, app, resources))
    return app


def _middleware(
    config: HttpConfig, app: FastAPI, resources: Sequence[ModuleType]
) -> list[Middleware]:
    """Outermost first."""
    routes = [*app.routes, *(route for r in resources for route in r.router.routes)]
    layers = [
        Middleware(RequestIdMiddleware),
        Middleware(MetricsMiddleware, templates=EndpointTemplates(routes)),
        Middleware(SecurityHeadersMiddleware),
    ]
    if config.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=config.cors_origins,
                allow_methods=["GET", "POST", "PUT", "DELETE"],
                allow_headers=[
                    "Authorization",
                    "Content-Type",
                    "Idempotency-Key",
                    "Last-Event-ID",
                    "X-API-Key",
                    "X-Request-ID",
                    "X-User-Id",
                ],
                expose_headers=["Location", "Retry-After", "X-Request-ID"],
            )
        )
    layers += [
        Middleware(ErrorMiddleware),
        Middleware(LimitsMiddleware, config=config, upload_paths=frozenset({books.UPLOAD_PATH})),
    ]
    if config.api_key is not None and config.auth_mode == "key":
        layers.append(Middleware(KeyMiddleware, api_key=config.api_key))
    return layers
