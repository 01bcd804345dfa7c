"""How far a reader has read, where it is not said with each request."""

import json
from dataclasses import replace

import httpx
import pytest

from domain.job import JobProgress, Phase
from tests.integration.http.test_sessions import opened
from tests.integration.http.world import BOOK, GRADGRIND, LOUISA, SECOND, TEXT, World, small_book

PROGRESS = f"/api/books/{BOOK}/progress"


@pytest.fixture
async def reader(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await client.put(PROGRESS, json={"read_up_to": "chapter:1"})
    return client


@pytest.mark.parametrize(
    "path",
    ["/characters", "/quotes", "/relations", "/scenes", "/chapters", "/text?start=0&end=200"],
)
async def test_the_readers_progress_holds_where_a_request_says_nothing(
    reader: httpx.AsyncClient, path: str
) -> None:
    answer = await reader.get(f"/api/books/{BOOK}{path}")
    said = await reader.get(f"/api/books/{BOOK}{path}", params={"up_to": "chapter:1"})
    assert answer.status_code == 200
    assert "Louisa" not in answer.text
    assert LOUISA not in answer.text
    if "?" not in path:
        assert answer.json() == said.json()


async def test_a_request_may_say_otherwise(reader: httpx.AsyncClient) -> None:
    whole = await reader.get(f"/api/books/{BOOK}/characters", params={"up_to": "100%"})
    assert "Louisa" in whole.text


async def test_warnings_and_descriptions_name_nobody_of_later_pages(
    world: World, client: httpx.AsyncClient
) -> None:
    await world.books.save(
        replace(
            small_book(),
            warnings=("No persona of Louisa.", "No persona of Mr. Gradgrind."),
            description="Louisa, and her father's facts.",
        )
    )
    whole = (await client.get(f"/api/books/{BOOK}")).json()
    assert len(whole["warnings"]) == 2
    assert whole["description"]

    told = (await client.get(f"/api/books/{BOOK}", params={"up_to": "chapter:1"})).json()
    assert told["warnings"] == ["No persona of Mr. Gradgrind."]
    assert told["description"] == ""

    await client.put(PROGRESS, json={"read_up_to": "chapter:1"})
    assert (await client.get(f"/api/books/{BOOK}")).json() == told
    assert (await client.get("/api/books")).json()["items"] == [told]


async def test_a_job_does_not_count_people_for_a_reader_on_the_way(
    world: World, client: httpx.AsyncClient
) -> None:
    body = {"url": "https://books.example/hard-times.txt", "book_id": BOOK}
    job = (await client.post("/api/books/by-url", json=body)).json()["job"]["id"]
    lease = await world.jobs.claim("worker")
    assert lease is not None
    await world.jobs.report(lease, JobProgress(Phase.CAST, 1.0, "3 characters, 3 quotations"))
    assert (await client.get(f"/api/jobs/{job}")).json()["detail"]

    await client.put(PROGRESS, json={"read_up_to": "chapter:1"})
    assert (await client.get(f"/api/jobs/{job}")).json()["detail"] == ""
    assert (await client.get("/api/jobs")).json()["items"][0]["detail"] == ""


async def test_a_session_is_moved_forward_and_back_only_if_told_so(
    client: httpx.AsyncClient,
) -> None:
    session = (await opened(client, read_up_to="100%")).json()
    path = f"/api/sessions/{session['id']}/frontier"

    refused = await client.put(path, json={"read_up_to": "chapter:1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "frontier_moves_back")
    assert refused.headers["content-type"] == "application/problem+json"
    assert (await client.get(f"/api/sessions/{session['id']}")).json() == session

    moved = await client.put(path, json={"read_up_to": "chapter:1", "back": True})
    assert (moved.status_code, moved.json()["read_up_to"]) == (200, SECOND)
    again = await client.put(path, json={"read_up_to": "100%"})
    assert again.json()["read_up_to"] == len(TEXT)


@pytest.mark.parametrize("body", [{}, {"read_up_to": "x"}, {"read_up_to": "0%", "colour": "red"}])
async def test_a_frontier_that_cannot_be_is_told(
    client: httpx.AsyncClient, body: dict[str, str]
) -> None:
    session = (await opened(client)).json()["id"]
    answer = await client.put(f"/api/sessions/{session}/frontier", json=body)
    assert answer.status_code == 422


@pytest.mark.parametrize("nothing", ["", "  "])
async def test_an_empty_position_is_refused_and_opens_no_book(
    reader: httpx.AsyncClient, nothing: str
) -> None:
    session = (await opened(reader)).json()["id"]
    answers = [
        await reader.put(PROGRESS, json={"read_up_to": nothing}),
        await reader.get(f"/api/books/{BOOK}/characters", params={"up_to": nothing}),
        await reader.put(f"/api/sessions/{session}/frontier", json={"read_up_to": nothing}),
        await opened(reader, read_up_to=nothing),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_locator")
        assert "chapter:N" in answer.json()["error"]
    assert (await reader.get(PROGRESS)).json()["offset"] == SECOND


async def test_reading_on_takes_the_readers_sessions_along_unless_told_not_to(
    client: httpx.AsyncClient,
) -> None:
    session = (await opened(client, read_up_to="chapter:1")).json()["id"]

    async def after(**body: object) -> int:
        assert (await client.put(PROGRESS, json=body)).status_code == 200
        return int((await client.get(f"/api/sessions/{session}")).json()["read_up_to"])

    assert await after(read_up_to="100%", move_sessions=False) == SECOND
    assert await after(read_up_to="100%") == len(TEXT)
    assert await after(read_up_to="chapter:1") == len(TEXT)


async def test_somebody_elses_session_is_not_moved(client: httpx.AsyncClient) -> None:
    session = (await opened(client, character_id=GRADGRIND)).json()["id"]
    answer = await client.put(
        f"/api/sessions/{session}/frontier",
        json={"read_up_to": "chapter:1"},
        headers={"X-User-Id": LOUISA},
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")


async def test_a_turn_that_told_of_later_pages_is_gone_when_its_session_has_gone_back(
    client: httpx.AsyncClient,
) -> None:
    session = (await opened(client, read_up_to="chapter:1")).json()["id"]
    answer = await client.post(f"/api/sessions/{session}/messages", json={"message": "Facts?"})
    turn = json.loads(answer.text.split("data: ")[1].split("\n")[0])["turn_id"]

    # The scripted turn says of no page, so it might have told of any.
    resumed = await client.get(f"/api/turns/{turn}/events")
    assert (resumed.status_code, resumed.json()["code"]) == (404, "turn_not_found")


async def test_a_repeated_request_does_not_tell_what_its_session_has_gone_back_from(
    client: httpx.AsyncClient, world: World
) -> None:
    session = (await opened(client, read_up_to="100%")).json()["id"]
    path, key = f"/api/sessions/{session}", {"Idempotency-Key": "k1"}
    world.turn.read_up_to = len(TEXT)

    async def sent(headers: dict[str, str]) -> httpx.Response:
        return await client.post(f"{path}/messages", json={"message": "Facts?"}, headers=headers)

    first = await sent(key)
    assert (await sent(key)).text == first.text

    await client.put(f"{path}/frontier", json={"read_up_to": "chapter:1", "back": True})
    refused = await sent(key)
    assert (refused.status_code, refused.json()["code"]) == (409, "turn_ahead")
    assert refused.headers["content-type"] == "application/problem+json"
    assert len(world.turn.requests) == 1

    world.turn.read_up_to = SECOND
    assert (await sent({"Idempotency-Key": "k2"})).status_code == 200
    await client.put(f"{path}/frontier", json={"read_up_to": "100%"})
    assert (await sent(key)).text == first.text
