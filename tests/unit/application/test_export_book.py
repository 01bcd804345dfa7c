import json
from typing import Any

import pytest

from domain.book import Book
from domain.errors import BookNotFound, BookNotReady
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId
from tests.unit.application.world import STORY, World

TEXT = STORY.strip()


async def exported(world: World, book: Book, up_to: Frontier = WHOLE_BOOK) -> dict[str, Any]:
    """As it is read back from a file."""
    told: dict[str, Any] = json.loads(json.dumps(await world.export_book.export(book.id, up_to)))
    return told


async def test_a_book_is_told_whole(world: World) -> None:
    book = await world.ingested()
    told = await exported(world, book)
    assert told["format"] == "falsafa-book/1"
    assert told["book"]["content_hash"] == book.content_hash
    assert [c["title"] for c in told["chapters"]] == ["Chapter 1", "Chapter 2"]
    assert [(c["name"], c["quotes"]) for c in told["characters"]] == [("Ada", 2), ("Bram", 1)]


async def test_positions_slice_to_their_words(world: World) -> None:
    told = await exported(world, await world.ingested())
    assert [q["text"] for q in told["quotes"]] == [
        TEXT[q["start"] : q["end"]] for q in told["quotes"]
    ]
    for character in told["characters"]:
        start, end = character["first_mention"]
        assert TEXT[start:end] == character["name"]
        assert [alias["text"] for alias in character["aliases"]] == [character["name"]]


async def test_speakers_and_relations_are_among_the_characters(world: World) -> None:
    told = await exported(world, await world.ingested())
    ids = {c["id"] for c in told["characters"]}
    assert {q["speaker_id"] for q in told["quotes"]} == ids
    assert {who for r in told["relations"] for who in r["between"]} == ids
    assert {who for scene in told["scenes"] for who in scene["characters"]} == ids
    for relation in told["relations"]:
        assert all(0 <= start < end <= len(TEXT) for start, end in relation["evidence"])


async def test_nothing_past_the_frontier_is_told(world: World) -> None:
    book = await world.ingested()
    before_bram = TEXT.index("Bram")
    told = await exported(world, book, Frontier(before_bram))
    assert [c["title"] for c in told["chapters"]] == ["Chapter 1"]
    assert told["chapters"][0]["end"] == before_bram
    assert [c["name"] for c in told["characters"]] == ["Ada"]
    assert "Bram" not in json.dumps(told)
    assert "row after it" not in json.dumps(told)


async def test_a_book_that_does_not_answer_yet_is_not_ready(world: World) -> None:
    submission = await world.upload()
    with pytest.raises(BookNotReady):
        await world.export_book.export(submission.book.id, WHOLE_BOOK)


async def test_an_unknown_book_is_not_found(world: World) -> None:
    with pytest.raises(BookNotFound):
        await world.export_book.export(BookId("unknown"), WHOLE_BOOK)
