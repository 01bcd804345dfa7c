from dataclasses import replace

import pytest

from domain.conversation import ReadingProgress
from domain.errors import (
    BookNotFound,
    BookNotReady,
    CharacterNotFound,
    IdempotencyConflict,
    InvalidLocator,
)
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId
from tests.unit.conversation.stage import SESSION, Stage
from tests.unit.conversation.story import BOOK_ID, FENN, GREY, MERE, NOON, OWNER


@pytest.fixture
async def stage() -> Stage:
    stage = Stage()
    await stage.set()
    return stage


async def test_a_session_with_a_character_bears_their_name(stage: Stage) -> None:
    session = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, character_id=MERE)

    assert await stage.sessions.get(session.id) == session
    assert (session.title, session.character_id) == ("Mrs. Mere", MERE)
    assert session.frontier == WHOLE_BOOK


async def test_a_session_with_the_book_bears_its_title_unless_it_is_given_one(
    stage: Stage,
) -> None:
    plain = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID)
    named = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, title="My ferry")

    assert (plain.title, named.title) == ("The Ferry Woman", "My ferry")


async def test_the_page_told_goes_before_the_readers_progress(stage: Stage) -> None:
    await stage.reading_progress.put(ReadingProgress(OWNER, BOOK_ID, Frontier(700), NOON))

    known = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID)
    told = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, read_up_to="offset:40")

    assert (known.frontier, told.frontier) == (Frontier(700), Frontier(40))


async def test_one_who_has_not_appeared_yet_does_not_exist(stage: Stage) -> None:
    with pytest.raises(CharacterNotFound):
        await stage.open_session.open(
            user_id=OWNER, book_id=BOOK_ID, character_id=GREY, read_up_to="chapter:1"
        )
    with pytest.raises(CharacterNotFound):
        await stage.open_session.open(
            user_id=OWNER, book_id=BOOK_ID, character_id=CharacterId("nobody")
        )
    assert stage.sessions.sessions == {}


async def test_an_unrevealed_identity_has_its_own_name(stage: Stage) -> None:
    before = await stage.open_session.open(
        user_id=OWNER, book_id=BOOK_ID, character_id=GREY, read_up_to="chapter:2"
    )
    after = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, character_id=GREY)

    assert (before.title, after.title) == ("Grey", "Mr. Fenn")


async def test_a_book_must_exist_and_serve(stage: Stage) -> None:
    with pytest.raises(BookNotFound):
        await stage.open_session.open(user_id=OWNER, book_id=BookId("none"))
    stage.books.books[BOOK_ID] = replace(stage.story.book, serving=0)
    with pytest.raises(BookNotReady):
        await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID)


async def test_a_page_that_the_book_lacks_is_refused(stage: Stage) -> None:
    with pytest.raises(InvalidLocator):
        await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, read_up_to="page 12")


async def test_a_session_id_opened_twice_gives_one_session(stage: Stage) -> None:
    first = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, session_id=SESSION)
    again = await stage.open_session.open(user_id=OWNER, book_id=BOOK_ID, session_id=SESSION)

    assert first == again
    with pytest.raises(IdempotencyConflict):
        await stage.open_session.open(
            user_id=OWNER, book_id=BOOK_ID, session_id=SESSION, character_id=FENN
        )
