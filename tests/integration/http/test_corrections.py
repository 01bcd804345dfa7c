from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from domain.frontier import WHOLE_BOOK
from tests.integration.http.world import (
    BOOK,
    GRADGRIND,
    LOUISA,
    SECOND,
    STRANGER,
    STRANGER_USER,
    TEXT,
    VERSION,
    World,
    small_cast,
)

PATH = f"/api/books/{BOOK}/corrections"
FIRST, LAST = (small_cast().quotes[at].id for at in (0, -1))
RENAME = {"kind": "rename", "character_id": GRADGRIND, "name": "Thomas Gradgrind"}


async def made(client: httpx.AsyncClient, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json=body, **more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def listed(client: httpx.AsyncClient, **params: str) -> list[dict[str, Any]]:
    return list((await client.get(PATH, params=params)).json()["items"])


async def names(client: httpx.AsyncClient, **params: str) -> set[str]:
    told = await client.get(f"/api/books/{BOOK}/characters", params=params)
    return {c["name"] for c in told.json()["items"]}


async def test_a_name_is_put_right(client: httpx.AsyncClient, world: World) -> None:
    told = await made(client, RENAME)

    assert [c["name"] for c in told["characters"]] == ["Thomas Gradgrind"]
    assert told["personas"] == [GRADGRIND]
    assert told["warnings"] == []
    assert told["correction"]["problem"] is None
    assert "Thomas Gradgrind" in await names(client)
    kept = await world.personas.latest(VERSION, GRADGRIND, WHOLE_BOOK)
    assert kept is not None
    assert "Thomas Gradgrind" in kept.prompt


async def test_two_are_made_one_and_both_ids_lead_there(client: httpx.AsyncClient) -> None:
    body = {"kind": "merge", "character_id": GRADGRIND, "into_id": LOUISA}
    await made(client, body)
    told = (await client.get(f"/api/books/{BOOK}/characters/{GRADGRIND}")).json()
    assert told["id"] == LOUISA
    assert {a["text"] for a in told["aliases"]} >= {"Mr. Gradgrind", "Louisa"}


async def test_one_is_made_two_under_a_new_id(client: httpx.AsyncClient) -> None:
    merge = {"kind": "merge", "character_id": GRADGRIND, "into_id": LOUISA}
    await made(client, merge)
    body = {"kind": "split", "character_id": LOUISA, "aliases": ["Mr. Gradgrind"]}
    told = await made(client, body)
    new_id = told["correction"]["new_id"]
    found = (await client.get(f"/api/books/{BOOK}/characters/{new_id}")).json()
    assert found["name"] == "Mr. Gradgrind"


async def test_a_line_gets_its_speaker(client: httpx.AsyncClient) -> None:
    told = await made(client, {"kind": "quote", "quote_id": LAST, "speaker_id": GRADGRIND})
    assert told["correction"]["words"] == "Facts alone!"
    quotes = (await client.get(f"/api/books/{BOOK}/quotes")).json()["items"]
    assert (quotes[-1]["speaker_id"], quotes[-1]["confidence"]) == (GRADGRIND, 1.0)


async def test_the_narrator_is_named_and_unnamed(client: httpx.AsyncClient) -> None:
    for who, count in ((LOUISA, 1), (None, 0)):
        await made(client, {"kind": "narrator", "character_id": who})
        told = (await client.get(f"/api/books/{BOOK}/characters")).json()["items"]
        assert sum(c["is_narrator"] for c in told) == count


async def test_the_list_tells_what_was_asked_for_and_can_be_sent_again(
    client: httpx.AsyncClient,
) -> None:
    bodies: list[dict[str, Any]] = [
        {"kind": "merge", "character_id": GRADGRIND, "into_id": LOUISA, "known_from": SECOND},
        {**RENAME, "known_from": None},
        {"kind": "narrator", "character_id": None, "known_from": None},
        {"kind": "quote", "quote_id": LAST, "speaker_id": None, "alone": True},
    ]
    for body in bodies:
        await made(client, body)
    assert [c["change"] for c in await listed(client)] == bodies


async def test_one_that_is_taken_back_was_never_made(client: httpx.AsyncClient) -> None:
    before = (await client.get(f"/api/books/{BOOK}/characters")).json()
    told = await made(client, RENAME)
    path = f"{PATH}/{told['correction']['id']}"

    answer = await client.delete(path)

    assert answer.status_code == 200
    assert [c["name"] for c in answer.json()["characters"]] == ["Mr. Gradgrind"]
    assert (await client.get(f"/api/books/{BOOK}/characters")).json() == before
    assert await listed(client) == []
    again = await client.delete(path)
    assert (again.status_code, again.json()["code"]) == (404, "correction_not_found")


async def test_a_reader_on_the_way_learns_nothing_of_later_pages(
    client: httpx.AsyncClient,
) -> None:
    bodies: list[dict[str, Any]] = [
        {"kind": "rename", "character_id": STRANGER, "name": "Louisa"},
        {"kind": "quote", "quote_id": LAST, "speaker_id": LOUISA},
        {"kind": "merge", "character_id": STRANGER, "into_id": LOUISA, "known_from": SECOND + 40},
    ]
    for body in bodies:
        await made(client, body)
    assert await listed(client, up_to="chapter:1") == []
    assert await names(client, up_to="chapter:1") == {"Mr. Gradgrind", "The stranger"}
    kept = await listed(client)
    assert len(kept) == 3
    undone = await client.delete(f"{PATH}/{kept[0]['id']}", params={"up_to": "chapter:1"})
    assert (undone.status_code, undone.json()["code"]) == (404, "correction_not_found")
    assert len(await listed(client)) == 3


async def test_whom_a_reader_has_not_met_is_as_one_who_does_not_exist(
    client: httpx.AsyncClient,
) -> None:
    nobody, no_quote = str(uuid4()), str(uuid4())
    for body, unknown in (
        ({"kind": "rename", "character_id": LOUISA, "name": "Tom"}, {"character_id": nobody}),
        ({"kind": "split", "character_id": LOUISA, "aliases": ["x"]}, {"character_id": nobody}),
        ({"kind": "narrator", "character_id": LOUISA}, {"character_id": nobody}),
        (
            {"kind": "merge", "character_id": STRANGER, "into_id": LOUISA},
            {"into_id": nobody},
        ),
        ({"kind": "quote", "quote_id": LAST, "speaker_id": GRADGRIND}, {"quote_id": no_quote}),
        ({"kind": "quote", "quote_id": FIRST, "speaker_id": LOUISA}, {"speaker_id": nobody}),
    ):
        early = {"up_to": "chapter:1"}
        late = await client.post(PATH, json=body, params=early)
        never = await client.post(PATH, json={**body, **unknown}, params=early)
        assert (late.status_code, late.json()) == (404, never.json())
    assert await listed(client) == []


async def test_what_a_correction_did_is_told_up_to_the_page(client: httpx.AsyncClient) -> None:
    told = await made(client, RENAME, params={"up_to": "chapter:1"})
    assert [c["id"] for c in told["characters"]] == [GRADGRIND]
    assert "Louisa" not in str(told)


async def test_the_same_request_with_its_key_is_made_once(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = [await made(client, RENAME, headers=headers) for _ in range(2)]
    assert first["correction"] == again["correction"]
    assert len(await listed(client)) == 1
    other = await client.post(PATH, json={**RENAME, "name": "Tom"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "marry"}, 422, "invalid_input"),
        ({"kind": "rename", "character_id": GRADGRIND}, 422, "invalid_input"),
        ({**RENAME, "colour": "red"}, 422, "invalid_input"),
        ({**RENAME, "name": " "}, 422, "invalid_input"),
        ({**RENAME, "known_from": len(TEXT) + 1}, 422, "invalid_input"),
        ({**RENAME, "character_id": str(uuid4())}, 404, "character_not_found"),
        ({"kind": "quote", "quote_id": "?", "speaker_id": None}, 404, "quote_not_found"),
        (
            {"kind": "merge", "character_id": LOUISA, "into_id": LOUISA},
            422,
            "invalid_input",
        ),
        (
            {"kind": "split", "character_id": GRADGRIND, "aliases": ["Mr. Gradgrind"]},
            422,
            "invalid_input",
        ),
    ],
)
async def test_what_cannot_be_is_refused_and_not_kept(
    client: httpx.AsyncClient, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert await listed(client) == []


async def test_other_peoples_books_are_not_there(client: httpx.AsyncClient) -> None:
    headers = {"X-User-Id": STRANGER_USER}
    for answer in (
        await client.post(PATH, json=RENAME, headers=headers),
        await client.get(PATH, headers=headers),
        await client.delete(f"{PATH}/{uuid4()}", headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "book_not_found")


def test_the_document_shows_each_kind_by_an_example(app: FastAPI) -> None:
    operation = app.openapi()["paths"]["/api/books/{book_id}/corrections"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    assert content["examples"].keys() == content["schema"]["discriminator"]["mapping"].keys()


async def test_the_same_request_from_an_earlier_page_is_not_told_what_it_made(
    client: httpx.AsyncClient,
) -> None:
    headers = {"Idempotency-Key": "once"}
    body = {"kind": "rename", "character_id": LOUISA, "name": "Loo"}
    await made(client, body, headers=headers)
    early = {"up_to": "chapter:1"}
    again = await client.post(PATH, json=body, headers=headers, params=early)
    assert (again.status_code, again.json()["code"]) == (404, "correction_not_found")
    assert len(await listed(client)) == 1
