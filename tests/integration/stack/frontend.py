"""A frontend as deployments have one: it makes its own rows over the REST API, and reads ours."""

import time
from typing import Any
from uuid import uuid4

import httpx

from tests.integration.flows.processes import PATIENCE
from tests.integration.flows.sse import Event, events_of
from tests.integration.stack.conftest import Stack


class Frontend:
    def __init__(self, stack: Stack) -> None:
        self._api = stack.api.api
        self._site = stack.site
        self.user_id = str(uuid4())
        key = stack.rest.service_role_key
        self._tables = httpx.Client(
            base_url=stack.rest.url,
            headers={"Authorization": f"Bearer {key}", "Prefer": "return=representation"},
            trust_env=False,
            timeout=PATIENCE,
        )

    def close(self) -> None:
        self._tables.close()

    def insert(self, table: str, **row: object) -> dict[str, Any]:
        answer = self._tables.post(f"/{table}", json=row).raise_for_status()
        made: list[dict[str, Any]] = answer.json()
        return made[0]

    def rows(self, table: str, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._tables.get(f"/{table}", params=query).json()
        return found

    def adds_a_book(self, title: str) -> str:
        row = self.insert("books", title=title, slug=str(uuid4()), uploader_id=self.user_id)
        return str(row["id"])

    def posts_for_processing(self, book_id: str, file: str) -> httpx.Response:
        return self._api.post(
            "/character/processing",
            json={"book_id": book_id, "file_url": self._site.url(file), "user_id": self.user_id},
        )

    def asks_for_processing(self, book_id: str, file: str) -> dict[str, Any]:
        answer = self.posts_for_processing(book_id, file)
        assert answer.status_code == 202, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def corrects(self, book_id: str, **body: object) -> dict[str, Any]:
        answer = self._api.post(
            f"/api/books/{book_id}/corrections", json=body, headers={"X-User-Id": self.user_id}
        )
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def waits_for(self, job_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + 5 * PATIENCE
        while time.monotonic() < deadline:
            job: dict[str, Any] = self._api.get(
                f"/api/jobs/{job_id}", headers={"X-User-Id": self.user_id}
            ).json()
            if job["state"] not in ("queued", "running"):
                return job
            time.sleep(0.2)
        raise AssertionError(f"the job does not end: {job}")

    def opens_a_session(self, book_id: str, character_id: str) -> str:
        row = self.insert(
            "chat_sessions", user_id=self.user_id, book_id=book_id, character_id=character_id
        )
        return str(row["id"])

    def says(self, session_id: str, book_id: str, character_id: str, words: str) -> list[Event]:
        answer = self._api.post(
            "/character/chat",
            json={
                "user_id": self.user_id,
                "character_id": character_id,
                "book_id": book_id,
                "session_id": session_id,
                "user_message": words,
            },
        )
        assert answer.status_code == 200, answer.text
        return events_of(answer.text)

    def searches(self, book_id: str, words: str, **more: str) -> dict[str, Any]:
        answer = self._api.get(
            f"/api/books/{book_id}/search",
            params={"q": words, **more},
            headers={"X-User-Id": self.user_id},
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told
