import asyncio

from hypothesis import given
from hypothesis import strategies as st

from application.quotable_books import QuotableBooks
from application.reply import Reply
from application.reply_readers import ReadAlong, ReplyContext, ReplyReaders
from domain.frontier import WHOLE_BOOK
from domain.interlocutor import Interlocutor
from domain.passage import SearchHit
from domain.turn import Cited, Quoted, ReplyEvent
from tests.unit.conversation.stage import Stage
from tests.unit.conversation.story import VERSION

PIECES = [
    "“Ropes before weather, Mr. Fenn” [1] ",
    "'I fear nothing that floats,' [2] said Mr. Fenn. ",
    'I said: "Keep the lamp low" ',
    "“They told me, ‘Keep the lamp low,’ [1] and left.” ",
    "The river is high [1][2]. ",
    "[2] said Grey. ",
    "\n\n",
    "“",
    " ",
]


async def read(stage: Stage, deltas: list[str]) -> list[ReplyEvent]:
    await stage.set()
    hits = [SearchHit(n, p, "") for n, p in enumerate(stage.story.passages[:2], start=1)]
    context = ReplyContext(VERSION, Interlocutor("", {}), WHOLE_BOOK, hits)
    books = QuotableBooks(books=stage.books, casts=stage.casts, texts=stage.texts)
    reply = Reply("scripted")
    along = ReadAlong(ReplyReaders(quotable_books=books).of(context), reply)
    events = [event for delta in deltas for event in await along.read(delta)]
    events += await along.end()
    assert reply.citations == [e.citation for e in events if isinstance(e, Cited)]
    assert reply.quotations == [e.quotation for e in events if isinstance(e, Quoted)]
    return events


@given(st.lists(st.sampled_from(PIECES), max_size=8), st.data())
def test_however_a_reply_is_cut_the_same_is_told_of_it_in_the_same_order(
    pieces: list[str], data: st.DataObject
) -> None:
    reply = "".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(reply)), max_size=8)))
    deltas = [reply[a:b] for a, b in zip([0, *cuts], [*cuts, len(reply)], strict=True)]
    stage = Stage()
    assert asyncio.run(read(stage, deltas)) == asyncio.run(read(stage, [reply]))
    assert asyncio.run(read(stage, list(reply))) == asyncio.run(read(stage, [reply]))
