import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from adapters.inbound.http import middleware, routers
from adapters.inbound.http.app import create_app
from adapters.inbound.http.config import HttpConfig
from adapters.inbound.http.listening import open_listener
from tests.integration.http.world import World


@contextmanager
def wired(world: World) -> Iterator[FastAPI]:
    container = world.container()
    container.wire(packages=[routers, middleware])
    try:
        yield create_app(world.config)
    finally:
        container.unwire()


@pytest.fixture
def config() -> HttpConfig:
    return HttpConfig(max_upload_bytes=1_000_000, max_json_bytes=100_000)


@pytest.fixture
async def world(config: HttpConfig) -> AsyncIterator[World]:
    world = World(config)
    await world.fill()
    yield world
    await world.turns.aclose()


@pytest.fixture
def app(world: World) -> Iterator[FastAPI]:
    with wired(world) as app:
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """In process; an answer comes when it is whole."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://falsafa") as client:
        yield client


class Server(uvicorn.Server):
    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, log_config=None, ws="none", lifespan="off"))
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        self.is_up.set()


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    listener = open_listener("127.0.0.1", 0)
    host, port = listener.getsockname()
    server = Server(app)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await server.is_up.wait()
    try:
        async with httpx.AsyncClient(
            base_url=f"http://{host}:{port}", trust_env=False, timeout=30
        ) as client:
            yield client
    finally:
        app.state.streams.close()
        server.should_exit = True
        await serving
        listener.close()


@pytest.fixture
async def live(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Over a real server and socket: for streams, and for clients that leave."""
    async with served(app) as client:
        yield client
