"""A reader puts a cast right over HTTP, talks with whom it made, and has the book read again: the
real application, with a worker in it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from dependency_injector import providers

from adapters.outbound.memory.chat_model import ScriptedChatModel
from bootstrap.server import Server
from bootstrap.settings import Settings
from domain.ids import LOCAL_OWNER
from tests.integration.flows.processes import STORY
from tests.integration.flows.sse import events_of
from tests.integration.quick import quick_container
from tests.stubs.serving import served

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR", "")
NAME = "The one whom readers named"

STORY_AGAIN = (
    "# The Dowager at Home\n\nA preface of another edition, which moves all that follows.\n\n"
    + STORY.read_text(encoding="utf-8").partition("\n")[2].replace("“", '"').replace("”", '"')
)


@dataclass(frozen=True)
class Edition:
    name: str
    content: bytes


@dataclass
class Desk:
    api: httpx.AsyncClient
    model: ScriptedChatModel
    book: str = ""

    async def takes_in(self, edition: Edition) -> None:
        """A new book, or another edition of the book that is there."""
        fields = {"book_id": self.book.rpartition("/")[2]} if self.book else {}
        answer = await self.api.post(
            "/api/books", data=fields, files={"file": (edition.name, edition.content)}
        )
        assert answer.status_code == 202, answer.text
        job = answer.json()["job"]["id"]
        *_, last = events_of((await self.api.get(f"/api/jobs/{job}/events")).text)
        assert last.data["state"] == "completed", last.data
        self.book = f"/api/books/{answer.json()['book']['id']}"

    async def items(self, what: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            params = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = (await self.api.get(f"{self.book}/{what}", params=params)).json()
            found += page["items"]
            if not (cursor := page.get("next_cursor") or ""):
                return found

    async def called(self, name: str) -> dict[str, Any]:
        (found, *_) = [
            c
            for c in await self.items("characters")
            if any(alias["text"] == name for alias in c["aliases"])
        ]
        return found

    async def corrects(self, **body: Any) -> dict[str, Any]:
        answer = await self.api.post(f"{self.book}/corrections", json=body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["correction"]["problem"] is None
        return dict(answer.json())

    async def says(self, character_id: str, message: str) -> str:
        """What the model is told to be."""
        body = {"book_id": self.book.rpartition("/")[2], "character_id": character_id}
        session = (await self.api.post("/api/sessions", json=body)).json()
        turn = {
            "user_id": LOCAL_OWNER,
            "character_id": session["character_id"],
            "book_id": session["book_id"],
            "session_id": session["id"],
            "user_message": message,
        }
        events = events_of((await self.api.post("/character/chat", json=turn)).text)
        assert events[-1].name == "done", events
        return self.model.requests[-1].system

    async def speaker_of(self, words: str) -> str | None:
        (quote,) = [q for q in await self.items("quotes") if _plain(words) in _plain(q["text"])]
        speaker: str | None = quote["speaker_id"]
        return speaker


def _plain(words: str) -> str:
    return "".join(filter(str.isalnum, words.casefold()))


@asynccontextmanager
async def desk(data_dir: Path) -> AsyncIterator[Desk]:
    settings = Settings.model_validate({"data_dir": data_dir})
    container = quick_container(settings)
    model = ScriptedChatModel(["Good evening."])
    container.chat_model.override(providers.Object(model))
    app = Server(container, settings).app(worker=True)
    try:
        async with (
            app.router.lifespan_context(app),
            served(app) as url,
            httpx.AsyncClient(base_url=url, trust_env=False, timeout=120) as api,
        ):
            yield Desk(api, model)
    finally:
        container.unwire()


def story() -> tuple[Edition, Edition]:
    return Edition("story.md", STORY.read_bytes()), Edition("again.md", STORY_AGAIN.encode())


def novel() -> tuple[Edition, Edition]:
    """As an EPUB, then as another text of it, by other hands."""
    epub = Path(EVAL_DIR, "books", "hard-times.epub")
    text = Path(EVAL_DIR, "pdnc-dev", "HardTimes", "novel_text.txt")
    return Edition(epub.name, epub.read_bytes()), Edition("again.txt", text.read_bytes())


BOOKS = [
    pytest.param(story, "Winifred", "Miss Corrie", id="story"),
    pytest.param(
        novel,
        "Mrs. Sparsit",
        "Bitzer",
        id="novel",
        marks=[
            pytest.mark.eval_data,
            pytest.mark.slow,
            pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data"),
        ],
    ),
]


@pytest.mark.parametrize(("editions", "hero", "other"), BOOKS)
async def test_what_was_put_right_reaches_the_chat_and_outlives_another_edition(
    tmp_path: Path, editions: Any, hero: str, other: str
) -> None:
    first, second = editions()
    async with desk(tmp_path / "data") as at:
        await at.takes_in(first)
        who, absorbed = await at.called(hero), await at.called(other)
        spoken = await at.items("quotes")
        texts = [_plain(q["text"]) for q in spoken]
        line = next(
            q
            for q, text in zip(spoken, texts, strict=True)
            if len(text) > 60
            and sum(text in each for each in texts) == 1
            and q["speaker_id"] not in (None, who["id"], absorbed["id"])
        )
        before = await at.says(who["id"], "Who are you?")

        renamed = await at.corrects(kind="rename", character_id=who["id"], name=NAME)
        await at.corrects(kind="quote", quote_id=line["id"], speaker_id=who["id"], alone=True)
        merged = await at.corrects(kind="merge", character_id=absorbed["id"], into_id=who["id"])

        assert who["id"] in renamed["personas"]
        assert merged["passages"] > 0
        for edition in (None, second):
            if edition:
                await at.takes_in(edition)
            assert all(c["problem"] is None for c in await at.items("corrections"))
            for id_ in (who["id"], absorbed["id"]):
                found = (await at.api.get(f"{at.book}/characters/{id_}")).json()
                assert (found["id"], found["name"]) == (who["id"], NAME)
                assert {hero, other} <= {alias["text"] for alias in found["aliases"]}
                told = await at.says(id_, "Who are you?")
                assert f"You are {NAME}" in told
                assert f"You are {NAME}" not in before
            assert await at.speaker_of(line["text"]) == who["id"]

        for correction in reversed(await at.items("corrections")):
            undone = await at.api.delete(f"{at.book}/corrections/{correction['id']}")
            assert undone.status_code == 200, undone.text
        assert NAME not in await at.says(who["id"], "Who are you?")
        assert (await at.called(other))["id"] == absorbed["id"]
