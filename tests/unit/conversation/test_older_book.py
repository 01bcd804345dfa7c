from dataclasses import replace

import pytest

from adapters.outbound.llm.extractive import ExtractiveChatModel
from application.ground_turn import NOT_SEARCHED
from application.older_book import READ_BY_AN_OLDER_BACKEND
from application.ports.older_content import OlderCharacter
from domain.book import BookStatus
from domain.conversation import Session
from domain.errors import BookNotReady, CharacterNotFound, StoreUnavailable
from domain.ids import BookId, CharacterId
from domain.turn import TurnDone
from tests.unit.conversation.stage import SESSION, Stage, request
from tests.unit.conversation.story import NOON, OWNER, the_story

OLD = replace(
    the_story().book,
    id=BookId("an older book"),
    status=BookStatus.COMPLETED,
    serving=0,
    older=True,
)
MERE = OlderCharacter(CharacterId("mere"), "Mrs. Mere", "You are Mrs. Mere, the ferrywoman.")
CHUNKS = ("The bridge was built of green stone.", "Nobody crossed the river in March.")


@pytest.fixture
async def stage() -> Stage:
    stage = Stage(older={OLD.id: [MERE]}, older_texts={OLD.id: CHUNKS})
    await stage.books.add(OLD, once_per_content=False)
    await open_with(stage, MERE.id)
    return stage


async def open_with(stage: Stage, who: CharacterId | None) -> None:
    """As a frontend does, with a row of its own."""
    session = Session(
        id=SESSION,
        user_id=OWNER,
        book_id=OLD.id,
        created_at=NOON,
        updated_at=NOON,
        character_id=who,
    )
    await stage.sessions.delete(SESSION)
    await stage.sessions.add(session)


async def done(stage: Stage, message: str) -> TurnDone:
    last = (await stage.say(message))[-1]
    assert isinstance(last, TurnDone)
    return last


async def test_a_character_answers_from_the_stored_prompt_and_the_old_chunks(stage: Stage) -> None:
    end = await done(stage, "Who built the bridge?")

    asked = stage.scripted.requests[-1]
    assert asked.system.startswith(MERE.prompt)
    assert "excerpts without numbers" in asked.system
    assert (list(asked.excerpts), list(asked.evidence)) == ([CHUNKS[0]], [])
    assert asked.character_name == "Mrs. Mere"
    assert end.degraded == (READ_BY_AN_OLDER_BACKEND,)
    assert end.citations == ()
    assert [m.degraded for m in await stage.messages()] == [(), end.degraded]


async def test_a_character_without_a_stored_prompt_is_introduced_by_name_and_title() -> None:
    unwritten = OlderCharacter(MERE.id, "Mrs.\nMere", "")
    stage = Stage(older={OLD.id: [unwritten]}, older_texts={OLD.id: CHUNKS})
    await stage.books.add(OLD, once_per_content=False)
    await open_with(stage, MERE.id)
    await done(stage, "Who built the bridge?")
    asked = stage.scripted.requests[-1]
    assert asked.system.startswith(f"You are Mrs. Mere, of the book “{OLD.title}”")


async def test_the_book_itself_answers_too(stage: Stage) -> None:
    await open_with(stage, None)
    await done(stage, "Who built the bridge?")
    assert stage.scripted.requests[-1].character_name is None


async def test_without_the_old_index_the_reply_says_that_it_rests_on_nothing(stage: Stage) -> None:
    stage.older_passages.error = StoreUnavailable("The old index is away.")
    end = await done(stage, "Who built the bridge?")
    assert end.degraded == (READ_BY_AN_OLDER_BACKEND, NOT_SEARCHED)
    assert not stage.scripted.requests[-1].was_searched


async def test_without_a_language_model_the_old_chunks_are_quoted_and_not_cited() -> None:
    stage = Stage(model=ExtractiveChatModel(), older={OLD.id: [MERE]}, older_texts={OLD.id: CHUNKS})
    await stage.books.add(OLD, once_per_content=False)
    await open_with(stage, MERE.id)
    await done(stage, "Who built the bridge?")
    answer = (await stage.messages())[-1].content
    assert "“The bridge was built of green stone.”" in answer
    assert "[" not in answer


async def test_one_whom_the_older_backend_did_not_know_cannot_be_talked_with(stage: Stage) -> None:
    await open_with(stage, CharacterId("nobody"))
    with pytest.raises(CharacterNotFound):
        await stage.runner.start(request("Hello?"))


async def test_a_book_that_nobody_has_read_yet_is_not_ready(stage: Stage) -> None:
    await stage.books.save(replace(OLD, older=False, status=BookStatus.PROCESSING))
    with pytest.raises(BookNotReady):
        await stage.runner.start(request("Hello?"))
