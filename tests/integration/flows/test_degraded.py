"""What a reader gets when a store or a model is away: the real application over HTTP, its embedded
parts made to fail one by one. Each reply says what it had to do without, and is counted."""

import re
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from dependency_injector import providers
from typer.testing import CliRunner

from adapters.outbound.memory.chat_model import ScriptedChatModel
from adapters.outbound.memory.embedder import TermEmbedder
from application.ground_turn import BY_LINES_ALONE, NOT_SEARCHED
from application.ports.embedder import EmbeddingKind, Vector
from bootstrap.container import Container
from bootstrap.server import Server
from bootstrap.settings import Settings
from domain.errors import FalsafaError, ModelTimedOut, ModelUnavailable, StoreUnavailable
from domain.ids import LOCAL_OWNER
from tests.integration.cli.command_line import CommandLine
from tests.integration.flows.processes import STORY
from tests.integration.flows.sse import Event, events_of
from tests.integration.quick import quick_container
from tests.stubs.serving import served

QUESTION = "What do you think of Miss Corrie?"
NO_PASSAGES = "you are given no passage"


class Away:
    """Whatever port it stands for, it does nothing but fail."""

    def __init__(self, error: FalsafaError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name == "aclose":
            raise AttributeError(name)  # no part of any port

        async def fail(*arguments: object, **named: object) -> None:
            raise self._error

        return fail


class EmbedderAway(TermEmbedder):
    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        raise ModelUnavailable("The embedding provider is away.")


class OtherEmbedder(TermEmbedder):
    model = "other terms"


def vectors_away(container: Container) -> None:
    away = Away(StoreUnavailable("The vector store is away."))
    container.vectors.override(providers.Object(away))


def keywords_away(container: Container) -> None:
    away = Away(StoreUnavailable("The keyword store is away."))
    container.keywords.override(providers.Object(away))


def embedder_away(container: Container) -> None:
    container.embedder.override(providers.Singleton(EmbedderAway))


def another_embedder(container: Container) -> None:
    container.embedder.override(providers.Singleton(OtherEmbedder))


def reranker_away(container: Container) -> None:
    away = Away(ModelUnavailable("The reranker is away."))
    container.reranker.override(providers.Object(away))


def both_away(container: Container) -> None:
    vectors_away(container)
    keywords_away(container)


@dataclass(frozen=True)
class House:
    """The application, a book in it, and a model whose requests can be looked at."""

    api: httpx.AsyncClient
    model: ScriptedChatModel
    book_id: str

    async def search(self) -> httpx.Response:
        return await self.api.get(f"/api/books/{self.book_id}/search", params={"q": QUESTION})

    async def chat(self, character: str = "Winifred") -> list[Event]:
        """The events of the documented route."""
        session = await self._session(await self._character(character))
        body = {
            "user_id": LOCAL_OWNER,
            "character_id": session["character_id"],
            "book_id": self.book_id,
            "session_id": session["id"],
            "user_message": QUESTION,
        }
        answer = await self.api.post("/character/chat", json=body)
        assert answer.status_code == 200, answer.text
        return events_of(answer.text)

    async def ask_the_book(self) -> list[Event]:
        session = await self._session(None)
        answer = await self.api.post(
            f"/api/sessions/{session['id']}/messages", json={"message": QUESTION}
        )
        assert answer.is_success, answer.text
        return events_of(answer.text)

    async def counted(self) -> dict[str, float]:
        """Searches that each part was missing from, without those that were never."""
        told = (await self.api.get("/metrics")).text
        series = re.findall(r'^falsafa_search_degraded_total\{leg="(\w+)"\} (\S+)$', told, re.M)
        return {leg: float(count) for leg, count in series if float(count)}

    async def _character(self, name: str) -> str:
        answer = await self.api.get(f"/api/books/{self.book_id}/characters", params={"limit": 100})
        for character in answer.json()["items"]:
            if any(alias["text"] == name for alias in character["aliases"]):
                return str(character["id"])
        raise AssertionError(f"no {name}")

    async def _session(self, character_id: str | None) -> dict[str, Any]:
        body = {"book_id": self.book_id, "character_id": character_id}
        answer = await self.api.post("/api/sessions", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample story. Copied, never written."""
    data_dir = tmp_path_factory.mktemp("library") / "data"
    added = CommandLine(CliRunner(), data_dir)("add", str(STORY))
    assert added.exit_code == 0, added.output
    return data_dir


@pytest.fixture
def data_dir(library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library, tmp_path / "data"))


@asynccontextmanager
async def house(
    data_dir: Path,
    *damages: Callable[[Container], None],
    script: Sequence[str | Exception] = ("Good evening.",),
) -> AsyncIterator[House]:
    settings = Settings.model_validate({"data_dir": data_dir})
    container = quick_container(settings)
    model = ScriptedChatModel(script)
    container.chat_model.override(providers.Object(model))
    for damage in damages:
        damage(container)
    app = Server(container, settings).app(worker=False)
    try:
        async with (
            app.router.lifespan_context(app),
            served(app) as url,
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as api,
        ):
            (book,) = (await api.get("/api/books")).json()["items"]
            yield House(api, model, book["id"])
    finally:
        container.unwire()


async def test_where_nothing_is_away_nothing_is_said_of_it(data_dir: Path) -> None:
    async with house(data_dir) as there:
        found = (await there.search()).json()
        events = await there.chat()

        assert found["degraded"] == []
        assert found["hits"]
        assert (events[-1].name, events[-1].data["degraded"]) == ("done", [])
        assert there.model.requests[0].evidence
        assert NO_PASSAGES not in there.model.requests[0].system
        assert await there.counted() == {}


@pytest.mark.parametrize(
    ("damage", "leg", "degraded"),
    [
        (vectors_away, "vectors", "Searched by words alone. The vector store is away."),
        (keywords_away, "keywords", "Searched by meaning alone. The keyword store is away."),
        (embedder_away, "vectors", "Searched by words alone. The embedding provider is away."),
        (reranker_away, "reranker", "Not reranked. The reranker is away."),
    ],
)
async def test_where_one_part_is_away_the_others_answer(
    data_dir: Path, damage: Callable[[Container], None], leg: str, degraded: str
) -> None:
    async with house(data_dir, damage) as there:
        found = (await there.search()).json()
        assert found["degraded"] == [degraded]
        assert found["hits"]
        assert await there.counted() == {leg: 1}

        events = await there.chat()
        assert [event.name for event in events] == ["token", "done"]
        assert events[-1].data["degraded"] == [degraded]
        assert events[-1].data["finish_reason"] == "stop"
        assert there.model.requests[0].evidence
        assert NO_PASSAGES not in there.model.requests[0].system
        assert await there.counted() == {leg: 2}


async def test_another_embedding_model_is_told_with_the_command_that_mends_it(
    data_dir: Path,
) -> None:
    async with house(data_dir, another_embedder) as there:
        (degraded,) = (await there.chat())[-1].data["degraded"]
        assert degraded.startswith("Searched by words alone.")
        assert degraded.endswith(f"falsafa reindex {there.book_id}")
        assert await there.counted() == {"vectors": 1}


async def test_where_both_stores_are_away_a_search_is_to_be_tried_later(data_dir: Path) -> None:
    async with house(data_dir, both_away) as there:
        answer = await there.search()
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert "retry-after" in answer.headers
        assert await there.counted() == {"vectors": 1, "keywords": 1}


async def test_where_both_stores_are_away_the_book_answers_ungrounded_and_says_so(
    data_dir: Path,
) -> None:
    async with house(data_dir, both_away) as there:
        events = await there.ask_the_book()

        done = events[-1]
        assert (done.name, done.data["finish_reason"]) == ("done", "stop")
        assert done.data["degraded"] == [NOT_SEARCHED]
        assert done.data["citations"] == []
        (request,) = there.model.requests
        assert request.evidence == []
        assert NO_PASSAGES in request.system
        assert "Quote nothing" in request.system
        assert await there.counted() == {"vectors": 1, "keywords": 1}


async def test_where_both_stores_are_away_a_character_has_its_own_lines_at_most(
    data_dir: Path,
) -> None:
    async with house(data_dir, both_away) as there:
        events = await there.chat()

        assert [event.name for event in events] == ["token", "done"]
        (request,) = there.model.requests
        assert events[-1].data["degraded"] == [BY_LINES_ALONE if request.evidence else NOT_SEARCHED]
        assert (NO_PASSAGES in request.system) == (not request.evidence)
        assert all(evidence.own_lines for evidence in request.evidence)
        assert await there.counted() == {"vectors": 1, "keywords": 1}


@pytest.mark.parametrize("said", [(), ("Good ", "evening.")], ids=["at once", "midway"])
async def test_where_the_language_model_is_away_an_error_with_status_502_comes_before_done(
    data_dir: Path, said: tuple[str, ...]
) -> None:
    script: list[str | Exception] = [*said, ModelTimedOut("The model did not answer in time.")]
    async with house(data_dir, script=script) as there:
        *tokens, error, done = await there.chat()

        assert [event.name for event in tokens] == ["token"] * len(said)
        assert (error.name, error.data) == (
            "error",
            {
                "error": "The model did not answer in time.",
                "code": "model_timed_out",
                "status": 502,
            },
        )
        assert (done.name, done.data["finish_reason"]) == ("done", "error")
        assert (done.data["assistant_message_id"] is None) == (not said)


async def test_all_that_is_away_at_once_is_told_at_once(data_dir: Path) -> None:
    script = (ModelUnavailable("The model is away."),)
    async with house(data_dir, both_away, embedder_away, script=script) as there:
        error, done = await there.chat()
        assert (error.name, error.data["status"], done.name) == ("error", 502, "done")
        assert done.data["degraded"]
        assert (await there.api.get("/health")).text == "ok"
