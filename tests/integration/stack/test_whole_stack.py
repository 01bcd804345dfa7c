"""Two workers and one API on the production stack, as an existing frontend uses them."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.integration.stack.conftest import Stack
from tests.integration.stack.frontend import Frontend

BOOKS = [
    pytest.param("story.md", "The Dowager at Home", "Winifred", "Corrie", id="story"),
    pytest.param(
        "hard-times.epub",
        "Hard Times",
        "Louisa",
        "Gradgrind",
        marks=[pytest.mark.eval_data, pytest.mark.slow],
        id="novel",
    ),
]


@pytest.fixture
def frontend(stack: Stack) -> Iterator[Frontend]:
    with closing(Frontend(stack)) as frontend:
        yield frontend


@pytest.mark.parametrize(("file", "title", "hero", "other"), BOOKS)
def test_a_book_is_taken_in_once_and_talked_with(
    frontend: Frontend, stack: Stack, file: str, title: str, hero: str, other: str
) -> None:
    if not stack.site.has(file):
        pytest.skip("FALSAFA_EVAL_DIR names no folder with the novel")
    book_id = frontend.adds_a_book(title)

    asked = [frontend.asks_for_processing(book_id, file) for _ in range(3)]
    assert len({answer["job_id"] for answer in asked}) == 1
    job = frontend.waits_for(asked[0]["job_id"])
    assert (job["state"], job["attempts"]) == ("completed", 1), job

    # what an existing frontend reads of it
    (book,) = frontend.rows("books", id=f"eq.{book_id}")
    assert book["processing_status"] == "completed"
    assert book["total_chunks"] > 0
    cast = frontend.rows("characters", book_id=f"eq.{book_id}", order="sort_order")
    assert len({row["name"] for row in cast}) == len(cast)
    character = next(row for row in cast if hero in [row["name"], *row["aliases"]])
    assert character["processing_version"] == 1
    assert character["system_prompt"]
    assert character["mention_count"] > 0

    # both stores are asked; an API embeds, so there are no vectors of tokens, and none are missed
    found = frontend.searches(book_id, f"What does {hero} say to {other}?")
    assert {"vectors", "keywords"} <= set(found["signals"])
    assert "tokens" not in found["signals"]
    assert found["degraded"] == []
    assert found["hits"]

    # a turn is streamed, and its messages are there when it says so
    session_id = frontend.opens_a_session(book_id, character["id"])
    events = frontend.says(session_id, book_id, character["id"], f"What do you think of {other}?")
    assert [e.name for e in events[:-1]] == ["token"] * (len(events) - 1)
    assert events[-1].name == "done"
    messages = frontend.rows("messages", session_id=f"eq.{session_id}", order="created_at")
    assert [m["role"] for m in messages] == ["user", "assistant"]
    assert messages[0]["created_at"] < messages[1]["created_at"]
    assert messages[1]["content"] == "".join(e.data["token"] for e in events[:-1])
    (session,) = frontend.rows("chat_sessions", id=f"eq.{session_id}")
    assert session["message_count"] == 2
    assert session["last_message_preview"]


def test_a_cast_that_is_put_right_reaches_rows_search_and_chat(frontend: Frontend) -> None:
    book_id = frontend.adds_a_book("The Dowager at Home")
    job = frontend.waits_for(frontend.asks_for_processing(book_id, "story.md")["job_id"])
    assert job["state"] == "completed", job
    cast = {row["name"]: row for row in frontend.rows("characters", book_id=f"eq.{book_id}")}
    hero = next(row for row in cast.values() if "Winifred" in [row["name"], *row["aliases"]])
    other = next(row for row in cast.values() if "Miss Corrie" in [row["name"], *row["aliases"]])

    made = [
        frontend.corrects(book_id, kind="rename", character_id=hero["id"], name="Aunt Winnie"),
        frontend.corrects(book_id, kind="merge", character_id=other["id"], into_id=hero["id"]),
    ]

    assert all(hero["id"] in each["personas"] for each in made)
    assert made[1]["passages"] > 0
    rows = {row["id"]: row for row in frontend.rows("characters", book_id=f"eq.{book_id}")}
    assert rows[hero["id"]]["name"] == "Aunt Winnie"
    assert "Miss Corrie" in rows[hero["id"]]["aliases"]
    assert rows[hero["id"]]["system_prompt"] != hero["system_prompt"]
    assert rows[other["id"]]["deleted_at"] is not None
    session_id = frontend.opens_a_session(book_id, hero["id"])
    events = frontend.says(session_id, book_id, hero["id"], "What do you think of the tide?")
    assert events[-1].name == "done"

    again = frontend.waits_for(frontend.asks_for_processing(book_id, "story.md")["job_id"])
    assert again["state"] == "completed", again
    (row,) = frontend.rows("characters", id=f"eq.{hero['id']}")
    assert (row["name"], row["processing_version"]) == ("Aunt Winnie", 4)
    assert "Miss Corrie" in row["aliases"]


def test_every_process_tells_of_its_parts_and_its_work(stack: Stack) -> None:
    for process in (stack.api, *stack.workers):
        ready = process.api.get("/ready").json()
        assert ready["status"] == "ready", ready
        assert {each["name"] for each in ready["dependencies"]} >= {
            "queue",
            "tables",
            "vectors",
            "keywords",
        }
        assert "processing_active_workers" in process.api.get("/metrics").text
