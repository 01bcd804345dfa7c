"""A store that is away, and comes back: the others go on, and every answer says what it lacks."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

from tests.integration.flows.processes import PATIENCE
from tests.integration.stack.conftest import Stack
from tests.integration.stack.frontend import Frontend

WORDS = "What does Winifred say to Miss Corrie?"


@dataclass(frozen=True)
class Read:
    """A book that has been read, and a session with one of its people."""

    frontend: Frontend
    book_id: str
    character_id: str
    session_id: str

    def search(self) -> dict[str, object]:
        return self.frontend.searches(self.book_id, WORDS)

    def say(self) -> list[tuple[str, dict[str, object]]]:
        events = self.frontend.says(self.session_id, self.book_id, self.character_id, WORDS)
        return [(event.name, event.data) for event in events]


@pytest.fixture(scope="module")
def read(stack: Stack) -> Iterator[Read]:
    with closing(Frontend(stack)) as frontend:
        book_id = frontend.adds_a_book("The Dowager at Home")
        job = frontend.waits_for(frontend.asks_for_processing(book_id, "story.md")["job_id"])
        assert job["state"] == "completed", job
        cast = frontend.rows("characters", book_id=f"eq.{book_id}", order="sort_order")
        hero = cast[0]["id"]
        yield Read(frontend, book_id, hero, frontend.opens_a_session(book_id, hero))


@contextmanager
def hanging(stack: Stack, *names: str) -> Iterator[None]:
    for name in names:
        stack.stubs[name].hang()
    try:
        yield
    finally:
        for name in names:
            stack.stubs[name].go_on()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def degraded_searches(stack: Stack, leg: str) -> float:
    name = f'falsafa_search_degraded_total{{leg="{leg}"}}'
    lines = stack.api.api.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(name)).split()[-1])


@pytest.mark.parametrize(
    ("away", "leg", "other"),
    [("qdrant", "vectors", "keywords"), ("typesense", "keywords", "vectors")],
)
def test_without_one_store_the_other_answers_and_says_so(
    stack: Stack, read: Read, away: str, leg: str, other: str
) -> None:
    before = degraded_searches(stack, leg)
    with hanging(stack, away):
        found = read.search()
        events = read.say()
        assert stack.api.api.get("/ready").json()["status"] == "degraded"
    assert other in found["signals"]  # type: ignore[operator]
    assert found["hits"]
    assert found["degraded"]
    assert events[-1][0] == "done"
    assert events[-1][1]["degraded"]
    assert degraded_searches(stack, leg) == before + 2
    until(lambda: not read.search()["degraded"])


def test_without_both_stores_a_reply_says_that_it_rests_on_no_search(
    stack: Stack, read: Read
) -> None:
    with hanging(stack, "qdrant", "typesense"):
        events = read.say()
    assert [name for name, _ in events][-2:] == ["token", "done"]
    assert any("could not be searched" in said for said in events[-1][1]["degraded"])  # type: ignore[attr-defined]
    until(lambda: not read.search()["degraded"])


def test_without_the_language_model_the_turn_ends_with_an_error_and_done(
    stack: Stack, read: Read
) -> None:
    stack.stubs["openai_chat"].kill()
    try:
        events = read.say()
    finally:
        stack.stubs["openai_chat"].start()
    assert [name for name, _ in events] == ["error", "done"]
    assert events[0][1]["status"] == 502
    until(lambda: read.say()[-2][0] == "token")


def test_without_redis_books_are_read_and_nothing_is_taken_in(stack: Stack, read: Read) -> None:
    stack.redis.kill()
    try:
        assert stack.api.api.get("/health").text == "ok"
        ready = stack.api.api.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
        assert read.search()["hits"]
        book_id = read.frontend.adds_a_book("Another")
        refused = read.frontend.posts_for_processing(book_id, "story.md")
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert int(refused.headers["Retry-After"]) > 0
    finally:
        stack.redis.start()
    until(lambda: stack.api.api.get("/ready").status_code == 200)
    job = read.frontend.waits_for(read.frontend.asks_for_processing(book_id, "story.md")["job_id"])
    assert job["state"] == "completed", job
    assert read.say()[-1][0] == "done"
