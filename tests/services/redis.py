"""A real Redis, with the persistence that production has."""

import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from adapters.outbound.redis.client import RedisClient
from tests.services.programs import free_port, wait_until


@dataclass
class RedisServer:
    """One that can be killed, stopped, starved and started again on the same data."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        log = self.folder / "redis.log"
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self.folder), "--logfile", str(log), "--save", ""]
        command += ["--appendonly", "yes", "--appendfsync", "always"]
        self._process = subprocess.Popen(command)
        wait_until(self._answers, self._process, log)

    def _answers(self) -> bool:
        try:
            with self.plain() as redis:
                return bool(redis.ping())
        except RedisError:
            return False

    def plain(self) -> Redis:
        """A client as any other program has one."""
        return Redis(port=self.port, decode_responses=True)

    def flush(self) -> None:
        with self.plain() as redis:
            redis.flushall()
            redis.config_set("maxmemory", 0)

    def kill(self) -> None:
        """As when the machine takes its memory: with no chance to say or save anything."""
        self._signal(signal.SIGKILL)
        assert self._process
        self._process.wait()

    def hang(self) -> None:
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def forget(self) -> None:
        """Lose all data, while it is down."""
        shutil.rmtree(self.folder / "appendonlydir")

    def fill(self) -> None:
        """Leave no memory for anything more."""
        with self.plain() as redis:
            redis.config_set("maxmemory-policy", "noeviction")
            redis.config_set("maxmemory", 1)


@contextmanager
def started_redis(folder: Path) -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with started_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_server(running_redis: RedisServer) -> RedisServer:
    """Empty. It is shared by many tests, so none may stop it."""
    running_redis.flush()
    return running_redis


@pytest.fixture
def fragile_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """One of the test's own, to do to it what it likes."""
    with started_redis(tmp_path) as server:
        yield server


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[RedisClient]:
    client = RedisClient(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture
async def second_redis(redis: RedisClient, redis_server: RedisServer) -> AsyncIterator[RedisClient]:
    """Another process on the same server. The first, left open and unused, stands for one that
    was killed."""
    client = RedisClient(redis_server.url)
    yield client
    await client.aclose()
