import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.outbound.memory.sessions import MemorySessionRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.sessions import SqliteSessionRepository
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.sessions import SupabaseSessionRepository
from application.ports.session_repository import SessionRepository
from domain.conversation import Citation, Message, MessageState, Role, Session
from domain.errors import InvalidInput, SessionNotFound, StaleWrite
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER, BookId, CharacterId, MessageId, OwnerId, SessionId, TurnId
from domain.leak import HELD_BACK, Leak, LeakKind
from domain.page import PageRequest
from domain.span import Span
from tests.contract.fake_clock import START
from tests.contract.test_turn_stream import EPUB, QUOTATION, UNVERIFIED
from tests.services.older_tables import Deployment

BOOK = BookId("10000000-0000-0000-0000-000000000001")
OTHER_BOOK = BookId("10000000-0000-0000-0000-000000000002")
LOUISA = CharacterId("20000000-0000-0000-0000-000000000001")
SOMEONE_ELSE = OwnerId("00000000-0000-0000-0000-000000000002")


LEAK = Leak(LeakKind.PHRASE, Span(0, 9), "the mills")
HELD = Leak(LeakKind.NAME, Span(10, 13), HELD_BACK, is_held=True)


def a_session(number: int = 1, book_id: BookId = BOOK) -> Session:
    made = START + timedelta(seconds=number)
    return Session(
        id=SessionId(f"30000000-0000-0000-0000-{number:012}"),
        user_id=LOCAL_OWNER,
        book_id=book_id,
        created_at=made,
        updated_at=made,
        character_id=LOUISA,
        title=f"Session {number}",
    )


def a_message(
    number: int,
    role: Role = Role.USER,
    *,
    turn: int | None = None,
    state: MessageState = MessageState.COMPLETE,
    content: str | None = None,
    session: int = 1,
) -> Message:
    return Message(
        id=MessageId(f"40000000-0000-0000-0000-{number:012}"),
        session_id=a_session(session).id,
        turn_id=TurnId(f"turn {number if turn is None else turn}"),
        role=role,
        content=f"message {number}" if content is None else content,
        created_at=START + timedelta(minutes=number),
        state=state,
    )


def a_turn(number: int, session: int = 1) -> tuple[Message, Message]:
    """A question and its answer."""
    return (
        a_message(2 * number, turn=number, session=session),
        a_message(2 * number + 1, Role.ASSISTANT, turn=number, session=session),
    )


async def append_all(sessions: SessionRepository, messages: Sequence[Message]) -> None:
    for message in messages:
        await sessions.append(message, fence=1)


async def all_messages(sessions: SessionRepository, session: int = 1) -> tuple[Message, ...]:
    return (await sessions.messages(a_session(session).id, PageRequest())).items


class SessionRepositoryContract:
    @pytest.fixture
    def sessions(self) -> SessionRepository:
        raise NotImplementedError

    # Sessions

    async def test_a_session_comes_back_as_it_was_added(self, sessions: SessionRepository) -> None:
        for session in (
            replace(a_session(1), frontier=Frontier(1200)),
            replace(a_session(2), character_id=None, title="", frontier=WHOLE_BOOK),
        ):
            await sessions.add(session)
            assert await sessions.get(session.id) == session

    async def test_an_unknown_session_is_not_found(self, sessions: SessionRepository) -> None:
        unknown = a_session().id
        with pytest.raises(SessionNotFound):
            await sessions.get(unknown)
        with pytest.raises(SessionNotFound):
            await sessions.set_frontier(unknown, WHOLE_BOOK)
        with pytest.raises(SessionNotFound):
            await sessions.append(a_message(1), fence=1)

    async def test_the_frontier_moves_either_way(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        for frontier in (Frontier(100), WHOLE_BOOK, Frontier(0)):
            await sessions.set_frontier(a_session().id, frontier)
            assert await sessions.get(a_session().id) == replace(a_session(), frontier=frontier)

    async def test_a_frontier_that_goes_back_takes_the_preview_of_later_pages_away(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(replace(a_session(), frontier=Frontier(900)))
        await append_all(sessions, a_turn(1))
        told = (await sessions.get(a_session().id)).last_message_preview
        assert told

        await sessions.set_frontier(a_session().id, Frontier(1000))
        assert (await sessions.get(a_session().id)).last_message_preview == told
        await sessions.set_frontier(a_session().id, Frontier(500))

        moved = await sessions.get(a_session().id)
        assert (moved.last_message_preview, moved.message_count) == ("", 2)

    async def test_a_session_that_is_moved_may_be_given_another_title(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        await sessions.set_frontier(a_session().id, Frontier(7), title="The stranger")
        assert (await sessions.get(a_session().id)).title == "The stranger"

    async def test_how_far_a_message_could_see_is_kept(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        question, answer = a_turn(1)
        seen = (replace(question, through=Frontier(70)), replace(answer, through=WHOLE_BOOK))
        await append_all(sessions, seen)
        assert await all_messages(sessions) == seen

    async def test_a_user_sees_only_their_sessions(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session(1))
        await sessions.add(replace(a_session(2), user_id=SOMEONE_ELSE))
        listed = await sessions.list(LOCAL_OWNER, None, PageRequest())
        assert listed.items == (a_session(1),)

    async def test_sessions_are_listed_by_book(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session(1))
        await sessions.add(a_session(2, OTHER_BOOK))
        listed = await sessions.list(LOCAL_OWNER, OTHER_BOOK, PageRequest())
        assert listed.items == (a_session(2, OTHER_BOOK),)

    async def test_the_session_used_last_is_listed_first(self, sessions: SessionRepository) -> None:
        for number in (1, 2, 3):
            await sessions.add(a_session(number))
        await sessions.append(a_message(1, session=1), fence=1)
        listed = await sessions.list(LOCAL_OWNER, None, PageRequest())
        assert [s.title for s in listed.items] == ["Session 1", "Session 3", "Session 2"]

    async def test_pages_of_sessions_follow_one_another(self, sessions: SessionRepository) -> None:
        for number in range(5):
            await sessions.add(replace(a_session(number), updated_at=START))
        seen: list[SessionId] = []
        cursor = None
        for size in (2, 2, 1):
            page = await sessions.list(LOCAL_OWNER, None, PageRequest(limit=2, cursor=cursor))
            assert len(page.items) == size
            seen += [s.id for s in page.items]
            cursor = page.next_cursor
        assert sorted(seen) == [a_session(n).id for n in range(5)]
        assert cursor is None

    async def test_a_cursor_we_never_gave_is_refused(self, sessions: SessionRepository) -> None:
        with pytest.raises(InvalidInput):
            await sessions.list(LOCAL_OWNER, None, PageRequest(cursor="e30"))

    async def test_a_deleted_session_is_gone_with_its_messages(
        self, sessions: SessionRepository
    ) -> None:
        for number in (1, 2):
            await sessions.add(a_session(number))
            await append_all(sessions, a_turn(number, session=number))
        for _ in range(2):
            await sessions.delete(a_session(1).id)
        with pytest.raises(SessionNotFound):
            await sessions.get(a_session(1).id)
        assert await all_messages(sessions, 1) == ()
        assert not await sessions.history(a_session(1).id, 10)
        assert len(await all_messages(sessions, 2)) == 2

    async def test_the_sessions_of_a_deleted_book_are_gone(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session(1))
        await sessions.add(a_session(2, OTHER_BOOK))
        await append_all(sessions, a_turn(1))
        await sessions.delete_of_book(BOOK)
        assert await all_messages(sessions, 1) == ()
        listed = await sessions.list(LOCAL_OWNER, None, PageRequest())
        assert listed.items == (a_session(2, OTHER_BOOK),)

    # Messages

    async def test_a_message_comes_back_as_it_was_appended(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        citation = Citation(1, Span(10, 20), "the facts,", 2, "“Sowing”", "before ", " after")
        reply = replace(
            a_message(1, Role.ASSISTANT, state=MessageState.PARTIAL),
            content="“Facts,” he says [1]. \U0001f642\n\nSecond paragraph.",
            citations=(citation, replace(citation, number=2, prefix="", suffix="", epub=EPUB)),
            degraded=("Searched by words alone.",),
            quotations=(QUOTATION, UNVERIFIED),
            leaks=(LEAK, HELD),
        )
        await sessions.append(reply, fence=1)
        assert await all_messages(sessions) == (reply,)

    async def test_a_reply_with_characters_that_a_store_refuses_is_kept(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        reply = replace(
            a_message(1, Role.ASSISTANT),
            content="“no\0 facts”",
            quotations=(replace(UNVERIFIED, text="no\0 facts"),),
        )
        await sessions.append(reply, fence=1)
        (kept,) = await all_messages(sessions)
        assert kept.content.startswith("“no")
        assert kept.quotations[0].text.endswith(" facts")

    async def test_a_message_keeps_the_session_in_step(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        message = a_message(1, content="  Who\n\nis   Sissy? ")
        await sessions.append(message, fence=1)
        assert await sessions.get(a_session().id) == replace(
            a_session(),
            message_count=1,
            last_message_at=message.created_at,
            last_message_preview="Who is Sissy?",
            updated_at=message.created_at,
        )

    async def test_a_long_message_is_previewed_by_its_beginning(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        await sessions.append(a_message(1, content="word " * 10_000), fence=1)
        preview = (await sessions.get(a_session().id)).last_message_preview
        assert preview.startswith("word word")
        assert preview.endswith("…")
        assert len(preview) <= 120

    async def test_an_older_message_that_comes_late_is_counted_but_not_the_last(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        await append_all(sessions, [a_message(5), a_message(1)])
        session = await sessions.get(a_session().id)
        assert (session.message_count, session.last_message_preview) == (2, "message 5")
        assert session.last_message_at == a_message(5).created_at

    async def test_the_same_message_again_changes_nothing(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        await sessions.append(a_message(1), fence=1)
        await sessions.append(replace(a_message(1), content="another"), fence=1)
        assert await all_messages(sessions) == (a_message(1),)
        assert (await sessions.get(a_session().id)).message_count == 1

    async def test_no_message_of_many_at_once_is_miscounted(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        await asyncio.gather(*(sessions.append(a_message(n), fence=1) for n in range(20)))
        session = await sessions.get(a_session().id)
        assert (session.message_count, session.last_message_preview) == (20, "message 19")

    async def test_messages_are_told_oldest_first_and_a_question_before_its_answer(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        question, answer = a_turn(1)
        answer = replace(answer, created_at=question.created_at)
        later = a_message(9)
        await append_all(sessions, [later, answer, question])
        assert await all_messages(sessions) == (question, answer, later)

    async def test_pages_of_messages_follow_one_another(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        messages = [m for n in range(4) for m in a_turn(n)]
        messages = [replace(m, created_at=START) for m in messages[:4]] + messages[4:]
        await append_all(sessions, messages)
        seen: list[Message] = []
        cursor = None
        for size in (3, 3, 2):
            page = await sessions.messages(a_session().id, PageRequest(limit=3, cursor=cursor))
            assert len(page.items) == size
            seen += page.items
            cursor = page.next_cursor
        assert tuple(seen) == await all_messages(sessions)
        assert (len(set(seen)), cursor) == (8, None)

    async def test_a_pending_question_is_settled(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        await sessions.append(a_message(1, state=MessageState.PENDING), fence=1)
        for state in (MessageState.FAILED, MessageState.COMPLETE):
            await sessions.settle(a_message(1).id, state, fence=1)
            assert await all_messages(sessions) == (a_message(1, state=state),)

    async def test_settling_a_message_that_is_gone_does_nothing(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.settle(a_message(1).id, MessageState.COMPLETE, fence=1)

    # Fencing

    async def test_a_stale_writer_changes_nothing(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        await sessions.append(a_message(1, state=MessageState.PENDING), fence=2)
        before = await sessions.get(a_session().id)
        with pytest.raises(StaleWrite):
            await sessions.append(a_message(2), fence=1)
        with pytest.raises(StaleWrite):
            await sessions.settle(a_message(1).id, MessageState.COMPLETE, fence=1)
        assert await sessions.get(a_session().id) == before
        assert await all_messages(sessions) == (a_message(1, state=MessageState.PENDING),)

    async def test_settling_counts_as_a_write(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        await sessions.append(a_message(1), fence=1)
        await sessions.settle(a_message(1).id, MessageState.FAILED, fence=3)
        with pytest.raises(StaleWrite):
            await sessions.append(a_message(2), fence=2)

    async def test_a_holder_writes_as_often_as_it_likes(self, sessions: SessionRepository) -> None:
        await sessions.add(a_session())
        for number in (1, 2, 3):
            await sessions.append(a_message(number), fence=7)
        assert (await sessions.get(a_session().id)).message_count == 3

    async def test_the_fence_of_one_session_is_not_that_of_another(
        self, sessions: SessionRepository
    ) -> None:
        for number in (1, 2):
            await sessions.add(a_session(number))
        await sessions.append(a_message(1, session=1), fence=9)
        await sessions.append(a_message(2, session=2), fence=1)

    # History

    async def test_the_history_holds_the_last_messages_oldest_first(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        turns = [m for n in range(4) for m in a_turn(n)]
        await append_all(sessions, turns[::-1])
        assert list(await sessions.history(a_session().id, 4)) == turns[-4:]
        assert list(await sessions.history(a_session().id, 3)) == turns[-3:]
        assert list(await sessions.history(a_session().id, 100)) == turns
        assert list(await sessions.history(a_session().id, 0)) == []

    @pytest.mark.parametrize("state", [MessageState.PENDING, MessageState.FAILED])
    async def test_a_question_that_got_no_text_is_left_out(
        self, sessions: SessionRepository, state: MessageState
    ) -> None:
        await sessions.add(a_session())
        open_question = a_message(9, state=state)
        await append_all(sessions, [*a_turn(1), open_question])
        assert list(await sessions.history(a_session().id, 10)) == list(a_turn(1))
        assert len(await all_messages(sessions)) == 3

    async def test_an_answer_whose_question_was_never_settled_is_left_out(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        question, answer = a_turn(1)
        await append_all(sessions, [replace(question, state=MessageState.PENDING), answer])
        assert list(await sessions.history(a_session().id, 10)) == []

    async def test_a_settled_question_without_an_answer_is_left_out(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        question, answer = a_turn(1)
        await append_all(sessions, [question, replace(answer, content=" \n\t")])
        assert list(await sessions.history(a_session().id, 10)) == []

    async def test_a_reply_that_was_cut_off_belongs_to_the_history(
        self, sessions: SessionRepository
    ) -> None:
        await sessions.add(a_session())
        question, answer = a_turn(1)
        partial = replace(answer, state=MessageState.PARTIAL)
        await append_all(sessions, [question, partial])
        assert list(await sessions.history(a_session().id, 10)) == [question, partial]

    async def test_the_history_of_one_session_is_not_that_of_another(
        self, sessions: SessionRepository
    ) -> None:
        for number in (1, 2):
            await sessions.add(a_session(number))
            await append_all(sessions, a_turn(number, session=number))
        assert list(await sessions.history(a_session(2).id, 10)) == list(a_turn(2, session=2))


class TestMemorySessions(SessionRepositoryContract):
    @pytest.fixture
    def sessions(self) -> SessionRepository:
        return MemorySessionRepository()


class TestSqliteSessions(SessionRepositoryContract):
    @pytest.fixture
    def sessions(self, database: Database) -> SessionRepository:
        return SqliteSessionRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, sessions: SessionRepository, second_database: Database
    ) -> None:
        await sessions.add(a_session())
        await sessions.append(a_message(1), fence=5)
        before = await sessions.get(a_session().id)
        reopened = SqliteSessionRepository(second_database)
        assert await reopened.get(a_session().id) == before
        assert await all_messages(reopened) == (a_message(1),)
        with pytest.raises(StaleWrite):
            await reopened.append(a_message(2), fence=4)


class TestSupabaseSessions(SessionRepositoryContract):
    @pytest.fixture
    def sessions(self, supabase: SupabaseClient) -> SessionRepository:
        return SupabaseSessionRepository(supabase)


class TestSupabaseSessionsOfADeployment(SessionRepositoryContract):
    """Beside the rows of a frontend, with its foreign keys where it has any."""

    @pytest.fixture
    def sessions(self, older_supabase: SupabaseClient, deployment: Deployment) -> SessionRepository:
        deployment.add_users(LOCAL_OWNER, SOMEONE_ELSE)
        deployment.database.run(
            f"""
            insert into books (id, title, slug)
            values ('{BOOK}', 'A', 'a'), ('{OTHER_BOOK}', 'B', 'b');
            insert into characters (id, book_id, name) values ('{LOUISA}', '{BOOK}', 'Louisa');
            """
        )
        return SupabaseSessionRepository(older_supabase, session_key=deployment.tables.session_key)
