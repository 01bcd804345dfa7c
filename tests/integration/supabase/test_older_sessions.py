"""A frontend's sessions and messages, in a deployment that had them before us."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.sessions import SupabaseSessionRepository
from domain.conversation import Citation, Message, MessageState, Role
from domain.errors import SessionNotFound, StaleWrite
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId, MessageId, OwnerId, SessionId, TurnId
from domain.page import PageRequest
from domain.span import Span
from tests.services.older_tables import Deployment

HARD_TIMES = BookId("b0000000-0000-0000-0000-000000000001")
LOUISA = CharacterId("c0000000-0000-0000-0000-000000000001")
READER = OwnerId("a0000000-0000-0000-0000-000000000001")
ON_FACTS = SessionId("d0000000-0000-0000-0000-000000000001")
OF_NO_BOOK = SessionId("d0000000-0000-0000-0000-000000000002")
GONE = SessionId("d0000000-0000-0000-0000-000000000003")
NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def sessions(older_supabase: SupabaseClient, deployment: Deployment) -> SupabaseSessionRepository:
    return SupabaseSessionRepository(older_supabase, session_key=deployment.tables.session_key)


def a_message(number: int, role: Role, session_id: SessionId = ON_FACTS) -> Message:
    return Message(
        id=MessageId(f"40000000-0000-0000-0000-{number:012}"),
        session_id=session_id,
        turn_id=TurnId("50000000-0000-0000-0000-000000000001"),
        role=role,
        content=f"message {number}",
        created_at=NOW,
    )


async def test_a_frontends_session_is_read(sessions: SupabaseSessionRepository) -> None:
    session = await sessions.get(ON_FACTS)
    assert (session.user_id, session.book_id, session.character_id) == (READER, HARD_TIMES, LOUISA)
    assert (session.title, session.message_count) == ("On facts", 3)
    assert session.last_message_preview == "Never wonder."
    assert session.frontier == WHOLE_BOOK


async def test_a_session_that_names_no_book_is_of_its_characters(
    sessions: SupabaseSessionRepository,
) -> None:
    session = await sessions.get(OF_NO_BOOK)
    assert (session.book_id, session.title) == (HARD_TIMES, "")
    listed = await sessions.list(READER, HARD_TIMES, PageRequest())
    assert [s.id for s in listed.items] == [OF_NO_BOOK, ON_FACTS]


async def test_a_session_that_is_marked_as_deleted_does_not_exist(
    sessions: SupabaseSessionRepository,
) -> None:
    with pytest.raises(SessionNotFound):
        await sessions.get(GONE)
    with pytest.raises(SessionNotFound):
        await sessions.append(a_message(1, Role.USER, GONE), fence=1)
    assert (await sessions.messages(GONE, PageRequest())).items == ()
    gone = MessageId("e0000000-0000-0000-0000-000000000004")
    await sessions.settle(gone, MessageState.FAILED, fence=1)


async def test_its_frontier_is_kept_beside_it(sessions: SupabaseSessionRepository) -> None:
    for session_id in (ON_FACTS, OF_NO_BOOK):
        await sessions.set_frontier(session_id, Frontier(500))
        assert (await sessions.get(session_id)).frontier == Frontier(500)


async def test_a_frontends_messages_are_what_was_said(sessions: SupabaseSessionRepository) -> None:
    said = (await sessions.messages(ON_FACTS, PageRequest())).items
    assert [(m.role, m.content) for m in said] == [
        (Role.ASSISTANT, "Good evening."),
        (Role.USER, "What do you wonder at?"),
        (Role.ASSISTANT, "Never wonder."),
    ]
    assert {m.state for m in said} == {MessageState.COMPLETE}
    assert {(m.citations, m.degraded) for m in said} == {((), ())}
    greeting, question, answer = (m.turn_id for m in said)
    assert greeting != question == answer


async def test_they_belong_to_the_history_with_ours(sessions: SupabaseSessionRepository) -> None:
    ours = [a_message(1, Role.USER), a_message(2, Role.ASSISTANT)]
    for message in ours:
        await sessions.append(message, fence=1)
    history = await sessions.history(ON_FACTS, 10)
    assert [m.content for m in history] == [
        "Good evening.",
        "What do you wonder at?",
        "Never wonder.",
        "message 1",
        "message 2",
    ]
    assert list(history[-2:]) == ours
    assert (await sessions.history(ON_FACTS, 3))[0].content == "Never wonder."


async def test_a_question_of_theirs_without_an_answer_is_no_history(
    sessions: SupabaseSessionRepository, deployment: Deployment
) -> None:
    deployment.database.run(
        "insert into messages (session_id, role, content, created_at)"
        f" values ('{ON_FACTS}', 'user', 'Hello?', '2025-03-01')"
    )
    assert len((await sessions.messages(ON_FACTS, PageRequest())).items) == 4
    assert "Hello?" not in [m.content for m in await sessions.history(ON_FACTS, 10)]


async def test_frontends_read_our_turn_in_order_by_time_alone(
    sessions: SupabaseSessionRepository, deployment: Deployment
) -> None:
    for message in (a_message(2, Role.ASSISTANT), a_message(1, Role.USER), a_message(3, Role.USER)):
        await sessions.append(message, fence=1)
    rows = deployment.database.run(
        f"select content from messages where session_id = '{ON_FACTS}'"
        " and created_at > '2025-12-31' order by created_at"
    ).splitlines()
    assert rows == ["message 3", "message 1", "message 2"]
    distinct = f"select count(distinct created_at) from messages where session_id = '{ON_FACTS}'"
    assert deployment.database.run(distinct).strip() == "6"
    said = (await sessions.messages(ON_FACTS, PageRequest())).items
    assert {m.created_at for m in said[-3:]} == {NOW}


async def test_a_frontends_session_is_kept_in_step(
    sessions: SupabaseSessionRepository, deployment: Deployment
) -> None:
    await sessions.append(a_message(1, Role.USER), fence=1)
    key = deployment.tables.session_key
    row = deployment.database.run(
        "select message_count, last_message_preview, last_message_at = updated_at"
        f" from chat_sessions where {key} = '{ON_FACTS}'"
    )
    assert row.strip() == "4|message 1|t"
    session = await sessions.get(ON_FACTS)
    assert session.last_message_at == session.updated_at == NOW


async def test_a_stale_writer_is_refused_in_a_frontends_session(
    sessions: SupabaseSessionRepository,
) -> None:
    await sessions.append(a_message(1, Role.USER), fence=2)
    with pytest.raises(StaleWrite):
        await sessions.append(a_message(2, Role.ASSISTANT), fence=1)
    assert (await sessions.get(ON_FACTS)).message_count == 4


async def test_what_frontends_may_read_of_a_reply_stands_in_its_metadata(
    sessions: SupabaseSessionRepository, deployment: Deployment
) -> None:
    citation = Citation(1, Span(10, 20), "the facts,", 2, "“Sowing”", "before ", " after")
    reply = Message(
        id=MessageId("40000000-0000-0000-0000-000000000001"),
        session_id=ON_FACTS,
        turn_id=TurnId("50000000-0000-0000-0000-000000000001"),
        role=Role.ASSISTANT,
        content="Facts [1].",
        created_at=NOW + timedelta(microseconds=7),
        state=MessageState.PARTIAL,
        citations=(citation,),
        degraded=("Searched by words alone.",),
    )
    await sessions.append(reply, fence=1)
    read = deployment.database.run(
        "select metadata ->> 'state', metadata -> 'citations' -> 0 ->> 'exact',"
        f" metadata -> 'degraded' ->> 0 from messages where id = '{reply.id}'"
    )
    assert read.strip() == "partial|the facts,|Searched by words alone."
    assert (await sessions.messages(ON_FACTS, PageRequest())).items[-1] == reply


async def test_nothing_that_postgresql_cannot_hold_loses_a_message(
    sessions: SupabaseSessionRepository,
) -> None:
    await sessions.append(replace(a_message(1, Role.USER), content="a\0b\ud800c"), fence=1)
    assert (await sessions.messages(ON_FACTS, PageRequest())).items[-1].content == "a\ufffdb\ufffdc"


async def test_a_deleted_session_is_marked_and_its_messages_are_not_read(
    sessions: SupabaseSessionRepository, deployment: Deployment
) -> None:
    await sessions.delete(ON_FACTS)
    key = deployment.tables.session_key
    marked = f"select deleted_at is not null from chat_sessions where {key} = '{ON_FACTS}'"
    assert deployment.database.run(marked).strip() == "t"
    assert (await sessions.messages(ON_FACTS, PageRequest())).items == ()


async def test_the_sessions_of_a_deleted_book_are_marked_also_where_they_name_no_book(
    sessions: SupabaseSessionRepository,
) -> None:
    await sessions.delete_of_book(HARD_TIMES)
    for session_id in (ON_FACTS, OF_NO_BOOK):
        with pytest.raises(SessionNotFound):
            await sessions.get(session_id)
