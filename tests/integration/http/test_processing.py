import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.errors import StoreUnavailable
from domain.ids import BookId, OwnerId
from domain.job import Job
from tests.integration.http.world import BOOK, STRANGER_USER, World

URL = "https://books.example/hard-times.epub"


def body(**changes: Any) -> dict[str, Any]:
    return {"book_id": str(uuid4()), "file_url": URL, "user_id": STRANGER_USER} | changes


async def test_the_answer_has_both_shapes_that_frontends_read(client: httpx.AsyncClient) -> None:
    sent = body()
    answer = await client.post("/character/processing", json=sent)
    assert answer.status_code == 202
    told = answer.json()
    assert told.keys() == {"status", "job_id", "data"}
    assert told["status"] == "accepted"
    assert told["data"].keys() == {"book_id", "job", "queued"}
    assert told["data"]["book_id"] == sent["book_id"]
    assert told["data"]["queued"] is True
    assert told["data"]["job"]["id"] == told["job_id"]
    assert told["data"]["job"]["state"] == "queued"


async def test_the_book_is_the_users(client: httpx.AsyncClient, world: World) -> None:
    sent = body()
    await client.post("/character/processing", json=sent)
    book = await world.books.get(BookId(sent["book_id"]))
    assert (book.owner_id, book.source_url) == (OwnerId(STRANGER_USER), URL)


async def test_while_its_job_is_active_the_same_job_is_returned(client: httpx.AsyncClient) -> None:
    sent = body()
    first = await client.post("/character/processing", json=sent)
    again = await client.post("/character/processing", json=sent)
    assert again.status_code == 202
    assert again.json()["job_id"] == first.json()["job_id"]


async def test_afterwards_the_book_is_run_again(client: httpx.AsyncClient, world: World) -> None:
    sent = body()
    first = await client.post("/character/processing", json=sent)
    lease = await world.jobs.claim("worker")
    assert lease is not None
    await world.jobs.complete(lease)
    again = await client.post("/character/processing", json=sent)
    assert again.json()["job_id"] != first.json()["job_id"]
    assert again.json()["data"]["book_id"] == sent["book_id"]


async def test_fields_we_do_not_know_are_let_pass(client: httpx.AsyncClient) -> None:
    answer = await client.post("/character/processing", json=body(priority="high", tags=[1]))
    assert answer.status_code == 202


@pytest.mark.parametrize(
    "changes",
    [
        {"book_id": "42"},
        {"book_id": None},
        {"user_id": ""},
        {"file_url": "no address"},
        {"file_url": ""},
        {"file_url": 7},
        {"file_url": "https://books.example/\ud800"},
        {"file_url": "https://books.example/" + "x" * 5000},
    ],
)
async def test_a_malformed_request_is_400(
    client: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    content = json.dumps(body(**changes))
    answer = await client.post(
        "/character/processing", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed_request"
    assert next(iter(changes)) in answer.json()["error"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'"x"', b"[" * 10_000])
async def test_a_body_that_is_no_object_is_400(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post(
        "/character/processing", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_url_that_is_not_of_the_web_is_422(client: httpx.AsyncClient) -> None:
    answer = await client.post("/character/processing", json=body(file_url="file:///etc/passwd"))
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_input"


async def test_a_store_out_of_reach_is_503_with_a_hint(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(_job: Job) -> Job:
        raise StoreUnavailable("The queue cannot be reached.")

    monkeypatch.setattr(world.jobs, "enqueue", unreachable)
    answer = await client.post("/character/processing", json=body())
    assert answer.status_code == 503
    assert answer.json()["code"] == "store_unavailable"
    assert int(answer.headers["retry-after"]) > 0


async def test_an_unknown_book_is_422(
    client: httpx.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def made_elsewhere(*_: object, **__: object) -> None:
        await world.books.get(BookId("unknown"))

    monkeypatch.setattr(world.books, "add", made_elsewhere)
    answer = await client.post("/character/processing", json=body(book_id=BOOK))
    assert answer.status_code == 422
    assert answer.json()["code"] == "book_not_found"
