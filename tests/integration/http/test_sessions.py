import json
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from tests.integration.http.sse_reader import all_events
from tests.integration.http.world import BOOK, GRADGRIND, LOUISA, SECOND, STRANGER_USER


async def opened(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    body = {"book_id": BOOK, "character_id": GRADGRIND} | changes
    return await client.post("/api/sessions", json=body)


async def test_a_session_begins_with_a_character(client: httpx.AsyncClient) -> None:
    answer = await opened(client)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["book_id"], told["character_id"]) == (BOOK, GRADGRIND)
    assert told["read_up_to"] is None
    assert answer.headers["location"] == f"/api/sessions/{told['id']}"
    assert (await client.get(answer.headers["location"])).json() == told


async def test_a_session_knows_how_far_its_reader_is(client: httpx.AsyncClient) -> None:
    assert (await opened(client, read_up_to="chapter:1")).json()["read_up_to"] == SECOND


@pytest.mark.parametrize(
    "place",
    [
        "epubcfi(/6/4!/4/2/1:0)",
        {"href": "text/1.xhtml", "type": "application/xhtml+xml", "locations": {"progression": 1}},
        '{"href": "text/2.xhtml", "locations": {"partialCfi": "/4/2/1:0"}}',
    ],
)
async def test_a_place_in_the_epub_tells_how_far_a_reader_is(
    client: httpx.AsyncClient, place: object
) -> None:
    session = (await opened(client, read_up_to=place)).json()
    assert session["read_up_to"] == SECOND
    written = place if isinstance(place, str) else json.dumps(place)
    for path in (f"/api/books/{BOOK}/chapters", f"/api/books/{BOOK}/text?start=0&end=9999"):
        told = await client.get(f"{path}{'&' if '?' in path else '?'}up_to={quote(written)}")
        assert told.status_code == 200
        assert "Chapter 2" not in told.text
    progress = await client.put(f"/api/books/{BOOK}/progress", json={"read_up_to": place})
    assert progress.json()["offset"] == SECOND


@pytest.mark.parametrize("place", ["epubcfi(/6/4", {"href": "text/9.xhtml"}])
async def test_a_place_that_the_epub_lacks_is_told(
    client: httpx.AsyncClient, place: object
) -> None:
    answer = await opened(client, read_up_to=place)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_locator")


async def test_a_character_not_met_yet_cannot_be_talked_with(client: httpx.AsyncClient) -> None:
    answer = await opened(client, character_id=LOUISA, read_up_to="chapter:1")
    assert answer.status_code == 404
    assert answer.json()["code"] == "character_not_found"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"book_id": str(uuid4())}, 404),
        ({"character_id": str(uuid4())}, 404),
        ({"book_id": "x"}, 422),
        ({"read_up_to": "x"}, 422),
        ({"colour": "red"}, 422),
        ({"title": "x" * 201}, 422),
    ],
)
async def test_a_session_that_cannot_be_is_told(
    client: httpx.AsyncClient, changes: dict[str, object], status: int
) -> None:
    assert (await opened(client, **changes)).status_code == status


async def test_sessions_are_listed_by_book(client: httpx.AsyncClient) -> None:
    ids = [(await opened(client)).json()["id"] for _ in range(3)]
    page = (await client.get(f"/api/sessions?book_id={BOOK}&limit=2")).json()
    rest = (await client.get("/api/sessions", params={"cursor": page["next_cursor"]})).json()
    assert {s["id"] for s in page["items"] + rest["items"]} == set(ids)
    other = (await client.get(f"/api/sessions?book_id={uuid4()}")).json()
    assert other == {"items": [], "next_cursor": None}


async def test_a_deleted_session_is_gone(client: httpx.AsyncClient) -> None:
    path = (await opened(client)).headers["location"]
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.get(f"{path}/messages")).status_code == 404
    answer = await client.post(f"{path}/messages", json={"message": "Hello"})
    assert answer.status_code == 404


async def test_somebody_elses_session_does_not_exist(client: httpx.AsyncClient) -> None:
    path = (await opened(client)).headers["location"]
    headers = {"X-User-Id": STRANGER_USER}
    answers = [
        await client.get(path, headers=headers),
        await client.delete(path, headers=headers),
        await client.get(f"{path}/messages", headers=headers),
        await client.post(f"{path}/messages", json={"message": "Hello"}, headers=headers),
    ]
    assert {(a.status_code, a.json()["code"]) for a in answers} == {(404, "session_not_found")}
    assert (await client.get("/api/sessions", headers=headers)).json()["items"] == []
    assert (await client.get(path)).status_code == 200


async def test_what_was_said_is_listed_oldest_first(client: httpx.AsyncClient) -> None:
    path = (await opened(client)).headers["location"]
    for words in ("Hello", "And then?"):
        await all_events(await client.post(f"{path}/messages", json={"message": words}))
    page = (await client.get(f"{path}/messages?limit=3")).json()
    rest = (await client.get(f"{path}/messages?cursor={page['next_cursor']}")).json()
    messages = page["items"] + rest["items"]
    assert [(m["role"], m["content"]) for m in messages] == [
        ("user", "Hello"),
        ("assistant", "Facts alone."),
        ("user", "And then?"),
        ("assistant", "Facts alone."),
    ]
    assert (await client.get(path)).json()["message_count"] == 4


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"message": " "}', "body.message: Write something"),
        (
            b'{"message": "x", "preferences": "' + b"y" * 2_001 + b'"}',
            "body.preferences: Give at most 2,000 characters; these are 2,001",
        ),
        (b'{"message": "\\ud83d"}', "body.message: Write whole Unicode characters, not halves"),
        (b'{"message": ', "body: This is no JSON: Expecting value at character 12"),
        (b"[]", "body: Send a JSON object, with Content-Type: application/json"),
    ],
)
async def test_a_body_that_does_not_do_is_told_in_plain_words(
    client: httpx.AsyncClient, body: bytes, told: str
) -> None:
    session = (await opened(client)).json()["id"]
    json_type = {"Content-Type": "application/json"}
    path = f"/api/sessions/{session}/messages"
    answer = await client.post(path, content=body, headers=json_type)
    assert answer.json()["error"].startswith(told)
    untyped = await client.post(path, content=b'{"message": "x"}')
    assert "Content-Type: application/json" in untyped.json()["error"]
