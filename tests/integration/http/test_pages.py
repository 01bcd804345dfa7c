"""A cursor is a word that anybody can make up."""

from uuid import uuid4

import httpx
import pytest

from domain.conversation import Session
from domain.cursor import write_cursor
from domain.ids import LOCAL_OWNER, SessionId
from tests.integration.http.world import BOOK, THEN, World

SESSION = SessionId("5a3f9e0c-2f1d-4c55-8a7b-1d2e3f4a5b6c")
LISTS = [
    "/api/books",
    "/api/jobs",
    "/api/sessions",
    f"/api/sessions/{SESSION}/messages",
    f"/api/books/{BOOK}/characters",
    f"/api/books/{BOOK}/quotes",
    f"/api/books/{BOOK}/relations",
    f"/api/books/{BOOK}/scenes",
]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("key", [(), ("x",), ("9" * 30,), ("x", "y"), ("x", "y", str(uuid4()))])
async def test_a_made_up_cursor_is_an_empty_page_or_422(
    client: httpx.AsyncClient, world: World, path: str, key: tuple[str, ...]
) -> None:
    await world.sessions.add(Session(SESSION, LOCAL_OWNER, BOOK, THEN, THEN))
    answer = await client.get(path, params={"cursor": write_cursor(*key)})
    assert answer.status_code in (200, 422)
