import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.flows.processes import STORY, Served, served
from tests.integration.flows.web import Site, site_of
from tests.services.postgres import PostgresServer
from tests.services.postgrest import Rest, StartRest
from tests.services.redis import RedisServer, started_redis
from tests.stubs.running import RunningStub, running_stub
from tests.stubs.typesense import KEY as TYPESENSE_KEY

KEY = "a key that only tests know"


@dataclass
class Stack:
    """The production stack: Redis, PostgreSQL and PostgREST are real, the rest is stubs of ours,
    each a process of its own. Two workers and one API of ours stand on it."""

    redis: RedisServer
    stubs: dict[str, RunningStub]
    rest: Rest
    site: Site
    variables: dict[str, Any]  # texts, as arguments by name
    api: Served
    workers: list[Served] = field(default_factory=list)


@pytest.fixture(scope="package")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("books")
    (folder / "story.md").write_bytes(STORY.read_bytes())
    if evaluation := os.environ.get("FALSAFA_EVAL_DIR"):
        novel = Path(evaluation) / "books" / "hard-times.epub"
        (folder / novel.name).write_bytes(novel.read_bytes())
    with site_of(folder) as site:
        yield site


@pytest.fixture(scope="package")
def redis_of_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Its own: workers that run on would take the jobs of other tests."""
    with started_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="package")
def stack(
    tmp_path_factory: pytest.TempPathFactory,
    redis_of_stack: RedisServer,
    postgres: PostgresServer,
    start_rest: StartRest,
    books: Site,
) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    database = postgres.create()
    database.migrate()
    rest = start_rest(database)
    with ExitStack() as running:
        stubs = {
            name: running.enter_context(running_stub(name, folder))
            for name in ("qdrant", "typesense", "openai_chat", "jina")
        }
        variables = {
            "AUTH_MODE": "key",
            "BACKEND_API_KEY": KEY,
            "REDIS_URL": redis_of_stack.url,
            "SUPABASE_URL": rest.url,
            "SUPABASE_REST_PATH": "/",
            "SUPABASE_SERVICE_ROLE_KEY": rest.service_role_key,
            "QDRANT_URL": stubs["qdrant"].url,
            "TYPESENSE_NODES": stubs["typesense"].url,
            "TYPESENSE_API_KEY": TYPESENSE_KEY,
            "LLM_PROVIDER": "openai",
            "LLM_MODEL": "a-model",
            "OPENAI_BASE_URL": f"{stubs['openai_chat'].url}/v1",
            "EMBEDDING_PROVIDER": "jina",
            "EMBEDDING_DIMENSION": "256",
            "JINA_API_KEY": "test-key",
            "JINA_BASE_URL": stubs["jina"].url,
            "FALSAFA_PERSONA_COUNT": "4",
            "FALSAFA_PRIVATE_HOSTS": books.host,
        }
        data = folder / "data"  # what every process has mounted
        api = running.enter_context(served(data, "serve", "--no-worker", **variables))
        api.api.headers["Authorization"] = f"Bearer {KEY}"
        workers = [running.enter_context(served(data, "worker", **variables)) for _ in range(2)]
        for worker in workers:
            worker.api.headers["Authorization"] = f"Bearer {KEY}"
        yield Stack(redis_of_stack, stubs, rest, books, variables, api, workers)
        for name in ("qdrant", "typesense"):  # what was not as the vendor's document has it
            problems = httpx.get(f"{stubs[name].url}/__problems__", trust_env=False).json()
            assert problems == [], "\n".join(problems)
