"""What a frontend does for a reader, over HTTP, with a server as people run it."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.ids import LOCAL_OWNER
from domain.job import Phase
from tests.integration.flows.processes import STORY, Served
from tests.integration.flows.sse import Event, events_of
from tests.integration.flows.web import Site

QUESTION = "What do you think of Miss Corrie?"


def upload(api: httpx.Client, content: bytes, name: str = "story.md") -> dict[str, Any]:
    answer = api.post("/api/books", files={"file": (name, content)})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def follow(api: httpx.Client, job_id: str) -> list[Event]:
    with api.stream("GET", f"/api/jobs/{job_id}/events") as stream:
        stream.read()
    return events_of(stream.text)


@pytest.fixture(scope="module")
def api(server: Served) -> httpx.Client:
    return server.api


@pytest.fixture(scope="module")
def submission(api: httpx.Client) -> dict[str, Any]:
    return upload(api, STORY.read_bytes())


@pytest.fixture(scope="module")
def job_events(api: httpx.Client, submission: dict[str, Any]) -> list[Event]:
    return follow(api, submission["job"]["id"])


@pytest.fixture(scope="module")
def book(submission: dict[str, Any], job_events: list[Event]) -> str:
    """The route of the book, when it answers."""
    assert job_events[-1].data["state"] == "completed", job_events[-1].data
    return f"/api/books/{submission['book']['id']}"


@pytest.fixture(scope="module")
def cast(api: httpx.Client, book: str) -> dict[str, dict[str, Any]]:
    """The characters by each of their names."""
    found = api.get(f"{book}/characters", params={"limit": 100}).json()["items"]
    return {alias["text"]: c for c in found for alias in c["aliases"]}


@pytest.fixture
def session(api: httpx.Client, book: str, cast: dict[str, Any]) -> dict[str, Any]:
    body = {"book_id": book.rpartition("/")[2], "character_id": cast["Winifred"]["id"]}
    answer = api.post("/api/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def documented(session: dict[str, Any], message: str = QUESTION) -> dict[str, Any]:
    return {
        "user_id": LOCAL_OWNER,
        "character_id": session["character_id"],
        "book_id": session["book_id"],
        "session_id": session["id"],
        "user_message": message,
    }


def test_the_server_is_alive_and_ready(api: httpx.Client) -> None:
    health = api.get("/health")
    assert (health.status_code, health.text) == (200, "ok")
    assert health.headers["content-type"].startswith("text/plain")
    ready = api.get("/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")


def test_a_job_can_be_followed_from_the_queue_to_its_end(job_events: list[Event]) -> None:
    assert [event.name for event in job_events] == ["progress"] * (len(job_events) - 1) + ["done"]
    shares = [event.data["progress"] for event in job_events]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert job_events[-1].data["phases_done"] == list(Phase)
    assert job_events[-1].data["attempts"] == 1


def test_the_same_file_again_is_the_same_book(
    api: httpx.Client, book: str, submission: dict[str, Any]
) -> None:
    again = upload(api, STORY.read_bytes(), "another-name.md")
    assert not again["created"]
    assert again["book"]["id"] == submission["book"]["id"]


def test_the_cast_is_that_of_the_story(cast: dict[str, dict[str, Any]]) -> None:
    assert cast["Winifred"]["id"] == cast["Miss Tull"]["id"]
    heroes = {"Winifred", "Miss Corrie", "Dr. Lusby", "Mr. Strake", "Ida", "Captain Noakes"}
    assert len({cast[name]["id"] for name in heroes}) == len(heroes)
    assert all(cast[name]["quote_count"] for name in heroes)


def test_every_quotation_is_what_the_text_has_there(api: httpx.Client, book: str) -> None:
    text = whole_text(api, book)
    wanted: dict[str, str | int] = {"limit": 100}
    seen = 0
    while "cursor" not in wanted or wanted["cursor"]:
        page = api.get(f"{book}/quotes", params=wanted).json()
        for quote in page["items"]:
            assert quote["text"] == text[quote["start"] : quote["end"]]
        seen += len(page["items"])
        wanted["cursor"] = page["next_cursor"] or ""
    assert seen > 300


def whole_text(api: httpx.Client, book: str) -> str:
    length = api.get(f"{book}/chapters").json()["length"]
    parts = []
    for start in range(0, length, 20_000):
        place = {"start": start, "end": min(start + 20_000, length)}
        parts.append(api.get(f"{book}/text", params=place).json()["text"])
    return "".join(parts)


def test_a_search_finds_nothing_past_the_page_that_was_read(api: httpx.Client, book: str) -> None:
    chapters = api.get(f"{book}/chapters").json()["chapters"]
    read = next(chapter["end"] for chapter in chapters if chapter["number"] == 3)
    asked = {"q": "What did the almanac of 1887 hide?", "limit": "50"}

    whole = api.get(f"{book}/search", params=asked).json()
    limited = api.get(f"{book}/search", params={**asked, "up_to": "chapter:3"}).json()

    assert (
        set(whole["signals"])
        == set(limited["signals"])
        == {
            "keywords",
            "vectors",
            "tokens",
        }
    )
    assert any(hit["end"] > read for hit in whole["hits"])
    assert limited["hits"]
    assert all(hit["end"] <= read for hit in limited["hits"])
    text = whole_text(api, book)
    for hit in whole["hits"]:
        assert hit["text"] == text[hit["start"] : hit["end"]]


def test_the_documented_chat_streams_exactly_the_documented_frames(
    api: httpx.Client, session: dict[str, Any]
) -> None:
    answer = api.post("/character/chat", json=documented(session))

    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "text/event-stream"
    *frames, done, rest = answer.text.split("\n\n")
    assert rest == ""
    assert len(frames) > 5
    for frame in frames:
        assert re.fullmatch(r'event: token\ndata: \{"token": ".*"\}', frame), frame
    assert re.fullmatch(r'event: done\ndata: \{"done": true, .*\}', done), done
    told = json.loads(done.partition("data: ")[2])
    reply = "".join(json.loads(frame.partition("data: ")[2])["token"] for frame in frames)
    question, saved = api.get(f"/api/sessions/{session['id']}/messages").json()["items"]
    assert (question["id"], question["content"]) == (told["user_message_id"], QUESTION)
    assert (saved["id"], saved["content"]) == (told["assistant_message_id"], reply)
    assert saved["citations"] == told["citations"]
    assert saved["quotations"] == told["quotations"]
    assert told["quotations"]


def test_what_a_reply_cites_stands_in_the_book(
    api: httpx.Client, book: str, session: dict[str, Any]
) -> None:
    answer = api.post("/character/chat", json=documented(session))

    citations = events_of(answer.text)[-1].data["citations"]
    text = whole_text(api, book)
    assert citations
    for citation in citations:
        assert citation["exact"] == text[citation["start"] : citation["end"]]


def test_a_session_of_nobody_is_404_before_any_stream(
    api: httpx.Client, session: dict[str, Any]
) -> None:
    answer = api.post("/character/chat", json=documented({**session, "id": str(uuid4())}))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() >= {"type", "title", "status", "detail", "code", "error"}


def test_a_turn_is_streamed_with_ids_and_can_be_read_again_from_any_of_them(
    api: httpx.Client, session: dict[str, Any]
) -> None:
    route = f"/api/sessions/{session['id']}/messages"
    told = events_of(api.post(route, json={"message": QUESTION}).text)

    assert [event.id for event in told] == [str(n) for n in range(1, len(told) + 1)]
    assert told[0].name == "turn_start"
    assert told[-1].name == "done"
    assert {event.name for event in told} >= {"retrieval", "text_delta", "citation", "usage"}
    turn = told[0].data["turn_id"]
    middle = len(told) // 2
    resumed = api.get(f"/api/turns/{turn}/events", headers={"Last-Event-ID": str(middle)})
    assert events_of(resumed.text) == told[middle:]


def test_a_message_sent_twice_with_one_key_is_one_turn(
    api: httpx.Client, session: dict[str, Any]
) -> None:
    route = f"/api/sessions/{session['id']}/messages"
    key = {"Idempotency-Key": str(uuid4())}

    first = api.post(route, json={"message": QUESTION}, headers=key)
    second = api.post(route, json={"message": QUESTION}, headers=key)

    assert second.text == first.text
    assert len(api.get(route).json()["items"]) == 2


def test_the_series_that_deployments_scrape_have_counted(
    api: httpx.Client, book: str, session: dict[str, Any]
) -> None:
    api.post("/character/chat", json=documented(session))
    series = dict(
        line.rpartition(" ")[::2]
        for line in api.get("/metrics").text.splitlines()
        if not line.startswith("#")
    )

    def count(name: str) -> float:
        return float(series[name])

    chat = '{endpoint="/character/chat",method="POST",status_code="200"}'
    assert count(f"http_requests_total{chat}") >= 1
    chat = '{endpoint="/character/chat",method="POST"}'
    assert count(f"http_request_duration_seconds_count{chat}") >= 1
    assert count(f"http_requests_in_progress{chat}") == 0
    assert count("processing_jobs_queued_total") >= 1
    assert count('processing_jobs_processed_total{status="completed"}') >= 1
    assert count('processing_jobs_processed_total{status="failed"}') == 0
    assert count("processing_characters_extracted_total") >= 10
    assert count('processing_characters_processed_total{status="completed"}') == 4
    assert count("processing_active_workers") == 0
    for phase in ("fetch", "parse", "extract", "prompt", "chunk", "embed", "index", "publish"):
        name = f'processing_pipeline_duration_seconds_count{{phase="{phase}"}}'
        assert count(name) >= 1


def test_a_file_that_is_no_book_is_refused_and_nothing_is_kept(api: httpx.Client) -> None:
    before = api.get("/api/books").json()
    answer = api.post("/api/books", files={"file": ("book.epub", b"PK\3\4 and no more")})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.get("/api/books").json() == before


def test_a_book_that_is_processed_by_url_is_run_again_and_can_be_deleted(
    api: httpx.Client, server: Served, site: Site
) -> None:
    """The documented route twice, then the end of the book and of all that belongs to it."""
    book_id = str(uuid4())
    body = {"book_id": book_id, "file_url": site.url("story.md"), "user_id": LOCAL_OWNER}
    ids = []
    for version in (1, 2):
        accepted = api.post("/character/processing", json=body)
        assert accepted.status_code == 202
        assert accepted.json()["status"] == "accepted"
        assert accepted.json()["data"]["queued"] is True
        assert follow(api, accepted.json()["job_id"])[-1].data["state"] == "completed"
        assert api.get(f"/api/books/{book_id}").json()["version"] == version
        found = api.get(f"/api/books/{book_id}/characters").json()["items"]
        ids.append([character["id"] for character in found])
    assert ids[0] == ids[1]
    opened = api.post("/api/sessions", json={"book_id": book_id}).json()
    assert files_of(server, book_id)

    assert api.delete(f"/api/books/{book_id}").status_code == 204

    assert api.get(f"/api/books/{book_id}").status_code == 404
    assert api.get(f"/api/sessions/{opened['id']}").status_code == 404
    assert not files_of(server, book_id)


def files_of(server: Served, book_id: str) -> list[Path]:
    return [path for path in server.data_dir.rglob(f"*{book_id}*/**/*") if path.is_file()]


def test_what_a_reply_quotes_is_verified_where_it_stands(
    api: httpx.Client, book: str, session: dict[str, Any]
) -> None:
    """Without a language model all of it is the book's own words."""
    answer = api.post("/character/chat", json=documented(session))

    events = events_of(answer.text)
    reply = "".join(event.data["token"] for event in events if event.name == "token")
    text = whole_text(api, book)
    quotations = events[-1].data["quotations"]
    assert quotations
    for quotation in quotations:
        assert quotation["text"] == reply[quotation["start"] : quotation["end"]]
        assert quotation["verified"]
        source = quotation["source"]
        assert source["exact"] == text[source["start"] : source["end"]]
