import pytest

from application.set_progress import SetProgress
from domain.conversation import Session
from domain.errors import CharacterNotFound, FrontierMovesBack, InvalidLocator
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.session_steps import told_by
from tests.unit.conversation.stage import SESSION, Stage
from tests.unit.conversation.story import BOOK_ID, GREY, MERE, OWNER, VERSION


@pytest.fixture
async def stage() -> Stage:
    stage = Stage()
    await stage.set()
    return stage


async def opened(
    stage: Stage, read_up_to: str | None = None, who: CharacterId | None = MERE
) -> Session:
    return await stage.open_session.open(
        user_id=OWNER,
        book_id=BOOK_ID,
        character_id=who,
        read_up_to=read_up_to,
        session_id=SESSION,
    )


def end_of(stage: Stage, chapter: int) -> Frontier:
    return Frontier(stage.story.layout.chapters[chapter - 1].span.end)


def progress(stage: Stage) -> SetProgress:
    return SetProgress(
        reading_progress=stage.reading_progress,
        resolve_frontier=stage.resolve_frontier,
        move_session=stage.move_session,
        clock=stage.clock,
    )


async def test_a_session_moves_forward(stage: Stage) -> None:
    session = await opened(stage, "chapter:1")
    moved = await stage.move_session.move(session, "chapter:2")
    assert moved.frontier == end_of(stage, 2)
    assert await stage.sessions.get(SESSION) == moved


async def test_it_goes_back_only_if_told_so(stage: Stage) -> None:
    session = await opened(stage, "chapter:2")
    with pytest.raises(FrontierMovesBack, match="back: true"):
        await stage.move_session.move(session, "chapter:1")
    assert await stage.sessions.get(SESSION) == session

    moved = await stage.move_session.move(session, "chapter:1", back=True)
    assert moved.frontier == end_of(stage, 1)


async def test_the_first_telling_may_lie_anywhere(stage: Stage) -> None:
    session = await opened(stage)
    moved = await stage.move_session.move(session, "chapter:1")
    assert (session.frontier, moved.frontier) == (WHOLE_BOOK, end_of(stage, 1))


async def test_it_does_not_go_back_to_before_its_character_was_met(stage: Stage) -> None:
    session = await opened(stage, "chapter:2", GREY)
    with pytest.raises(CharacterNotFound):
        await stage.move_session.move(session, "chapter:1", back=True)
    with pytest.raises(InvalidLocator):
        await stage.move_session.move(session, "page 9", back=True)
    assert await stage.sessions.get(SESSION) == session


async def test_what_was_told_of_later_pages_is_not_shown_when_it_has_gone_back(
    stage: Stage,
) -> None:
    await opened(stage, "chapter:2", GREY)
    stage.scripted.script = ["The lamp."]
    await stage.say("What do you fear?", "turn-1")
    stage.scripted.script = ["Grey and I are one."]
    await stage.say("And now?", "turn-2", read_up_to="100%")
    session = await stage.sessions.get(SESSION)
    assert session.last_message_preview

    moved = await stage.move_session.move(session, "chapter:2", back=True)

    assert moved.last_message_preview == ""
    said = list(stage.sessions.kept_messages.values())
    assert {m.turn_id for m in told_by(said, moved.frontier)} == {"turn-1"}
    await stage.say("And the mill?", "turn-3")
    assert [m.turn_id for m in stage.scripted.requests[-1].history] == ["turn-1", "turn-1"]


async def test_a_title_that_is_not_known_yet_is_given_anew(stage: Stage) -> None:
    session = await opened(stage, "100%", GREY)
    assert session.title == "Mr. Fenn"
    assert (await stage.move_session.move(session, "chapter:2", back=True)).title == "Grey"


async def test_a_turn_that_says_nothing_of_the_page_never_moves_a_session(stage: Stage) -> None:
    await opened(stage)
    await progress(stage).set(VERSION, OWNER, "chapter:2", moves_sessions=False)

    await stage.say("Ropes?", "turn-1")
    assert (await stage.sessions.get(SESSION)).frontier == WHOLE_BOOK
    # But where nobody has said how far the conversation may tell, it is as far as the reader is.
    assert stage.search.requests[-1].up_to == end_of(stage, 2)


async def test_reading_on_takes_sessions_along_and_never_back(stage: Stage) -> None:
    await opened(stage, "chapter:1")
    reading = progress(stage)

    for place, at in (("chapter:2", 2), ("chapter:1", 2), ("chapter:3", 3)):
        reached = await reading.set(VERSION, OWNER, place)
        assert (await stage.sessions.get(SESSION)).frontier == end_of(stage, at)
        assert await stage.reading_progress.get(OWNER, BOOK_ID) == reached


async def test_sessions_may_be_left_where_they_are(stage: Stage) -> None:
    session = await opened(stage, "chapter:1")
    await progress(stage).set(VERSION, OWNER, "chapter:2", moves_sessions=False)
    assert await stage.sessions.get(SESSION) == session


async def test_one_with_somebody_who_is_not_met_by_there_stays(stage: Stage) -> None:
    session = await opened(stage, None, GREY)
    await progress(stage).set(VERSION, OWNER, "chapter:1")
    assert await stage.sessions.get(SESSION) == session
