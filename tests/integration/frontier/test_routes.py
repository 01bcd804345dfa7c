"""Nothing past the frontier comes out of any route: the walk is made from the API's document."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import httpx

from application.ports.clock import utc_now
from bootstrap.container import Container
from bootstrap.settings import Settings
from domain.cast import Cast
from domain.conversation import ReadingProgress
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER
from tests.integration.frontier.library import Shelved, opened, wired, without_later_pages
from tests.integration.frontier.recording import RecordingModel
from tests.integration.frontier.secrets import Told
from tests.integration.frontier.walk import (
    BODIES,
    FILLED,
    LEFT_OUT,
    NOT_WALKED,
    Answer,
    Operation,
    Reader,
    gone_back,
    opened_sessions,
    operations,
    operations_of,
    strange,
    walked,
)
from tests.integration.quick import quick_container

Way = Literal["said", "kept", "held back by nothing"]

# In this order, after all others: some end what others look at, and after a correction all that is
# kept of a book in memory is made anew.
LAST = ("cancel_job", "watch_job", "retry_job", "stop_turn", "delete_session", "correct_cast")


class Visit:
    """A library, and readers of its book."""

    def __init__(
        self,
        container: Container,
        model: RecordingModel,
        client: httpx.AsyncClient,
        operations: list[Operation],
        shelved: Shelved,
    ) -> None:
        self.operations = operations
        self._container = container
        self._model = model
        self._client = client
        self._shelved = shelved
        # Readers who say how far they are and readers whose progress does get the same bodies.
        self._harmless: set[tuple[str, int]] = set()

    async def reader(self, offset: int, way: Way) -> Reader:
        """`way`: whether the reader says with each request how far they are, or their progress
        does."""
        await self._keep(Frontier(offset) if way == "kept" else WHOLE_BOOK)
        held_back = way != "held back by nothing"
        cast = await self._container.casts().get(
            self._shelved.version, Frontier(offset) if held_back else WHOLE_BOOK
        )
        reader = Reader(self._client, self._shelved, offset, way == "said", cast, held_back)
        if held_back and reader.says_so and reader.is_half_way():
            await gone_back(reader)
            self._model.requests.clear()  # those of the end of the book
        return reader

    async def leaks(self, reader: Reader) -> list[tuple[str, list[str]]]:
        """What was asked, and which of the reader's secrets came out of it, or were given to a
        model for it."""
        book = self._shelved.book
        secrets = self._shelved.secrets.after(reader.offset, book.title, book.author)
        found = []
        async for label, answer in self._answers(reader):
            texts = [*answer.headers.values(), *self._model.given()]
            ahead: list[int] = []
            if (answer.text, reader.offset) not in self._harmless:
                body = Told.by(answer.text)
                texts += body.strings
                ahead = [at for at in body.places if at > reader.offset]
            if names := secrets.told_by(texts):
                found.append((label, sorted(names)))
            elif ahead:
                found.append((label, [f"offset {at}" for at in ahead[:3]]))
            else:
                self._harmless.add((answer.text, reader.offset))
        return found

    async def reads(self, reader: Reader) -> list[tuple[str, int, str]]:
        """What every read of the book's content answers, cursors among it."""
        return [
            (label, answer.status_code, answer.text)
            for operation in self.operations
            if operation.method == "GET" and "{book_id}" in operation.path
            if operation.id not in OF_THE_OWNER
            async for label, answer in walked(reader, operation)
        ]

    async def put(self, cast: Cast) -> None:
        await self._container.casts().put(self._shelved.version, cast)

    async def _answers(self, reader: Reader) -> AsyncIterator[Answer]:
        async for answer in opened_sessions(reader):
            yield answer
        order = sorted(self.operations, key=lambda o: LAST.index(o.id) if o.id in LAST else -1)
        for operation in order:
            if operation.id in NOT_WALKED or (reader.says_so and not _says_how_far(operation)):
                continue
            async for answer in walked(reader, operation):
                yield answer

    async def _keep(self, frontier: Frontier) -> None:
        await self._container.reading_progress().put(
            ReadingProgress(LOCAL_OWNER, self._shelved.book.id, frontier, utc_now())
        )


@asynccontextmanager
async def visit(shelved: Shelved) -> AsyncIterator[Visit]:
    async with opened(shelved.data_dir) as (container, model):
        # A conversation has a frontier of its own: those of other visitors are no part of a walk.
        await container.sessions().delete_of_book(shelved.book.id)
        with wired(container) as app:
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://falsafa") as client:
                yield Visit(container, model, client, operations_of(app), shelved)


def _says_how_far(operation: Operation) -> bool:
    """Whether a reader can say with it how far they are: by itself, or by its session."""
    of_sessions = ("session", "turn", "chat", "message")
    return operation.takes("up_to") or any(word in operation.path for word in of_sessions)


def test_every_operation_of_the_document_is_walked_or_justified(tmp_path: Path) -> None:
    with wired(quick_container(Settings.model_validate({"data_dir": tmp_path}))) as app:
        found = operations(app.openapi())
    ids = [operation.id for operation in found]
    assert len(ids) == len(set(ids))
    assert set(NOT_WALKED) <= set(ids)
    assert set(BODIES) == {operation.id for operation in found if operation.has_body}
    for operation in found:
        for name in {p["name"] for p in operation.parameters} - LEFT_OUT:
            assert name in FILLED, f"say how {name} of {operation.id} is filled"


async def test_no_route_tells_what_lies_past_the_frontier(shelved: Shelved) -> None:
    ways: tuple[Way, ...] = ("kept", "said")
    leaks = []
    half_way = shelved.offsets()[5]  # where a correction is made: last, see LAST
    async with visit(shelved) as library:
        for offset in sorted(shelved.offsets(), key=lambda offset: offset == half_way):
            for way in ways:
                reader = await library.reader(offset, way)
                leaks += [(offset, way, *leak) for leak in await library.leaks(reader)]
    assert not leaks, "\n".join(map(str, leaks[:40]))


async def test_the_walk_would_find_what_is_not_held_back(any_book: Shelved) -> None:
    async with visit(any_book) as library:
        reader = await library.reader(any_book.offsets()[0], "held back by nothing")
        leaking = {label.split()[0] for label, _ in await library.leaks(reader)}
    assert leaking >= {
        "get_book",
        "list_books",
        "upload_book",
        "list_chapters",
        "read_text",
        "list_characters",
        "get_character",
        "list_quotes",
        "list_corrections",
        "get_character_presence",
        "search_book",
        "send_message",
        "chat",
        "list_messages",
        "resume_turn",
    }


async def test_whom_a_reader_has_not_met_is_answered_for_as_nobody(shelved: Shelved) -> None:
    ways: tuple[Way, ...] = ("said", "kept")
    async with visit(shelved) as library:
        for offset, way in zip(shelved.offsets()[:2], ways, strict=True):
            reader = await library.reader(offset, way)
            assert reader.strangers()
            for operation in library.operations:
                async for label, late, never in strange(reader, operation):
                    assert late.status_code == never.status_code, label
                    assert _shape(late) == _shape(never), label


# Held back by the names that the whole cast has; made of the cast as it was found.
OF_THE_OWNER = {"get_book", "list_corrections"}


async def test_no_count_and_no_order_depends_on_later_pages(shelved: Shelved) -> None:
    """The answers are those of a book in which nobody of later pages ever was found."""
    async with visit(shelved) as library:
        readers = [await library.reader(offset, "said") for offset in shelved.offsets()[1::4]]
        whole = [await library.reads(reader) for reader in readers]
        try:
            for reader, told in zip(readers, whole, strict=True):
                await library.put(without_later_pages(shelved.cast, reader.offset))
                assert await library.reads(reader) == told
        finally:
            await library.put(shelved.cast)


def test_nothing_of_the_cast_depends_on_later_pages(shelved: Shelved) -> None:
    """Just before the text tells something, too."""
    cast = shelved.cast
    for offset in (*shelved.offsets(), *(told - 1 for told in late_facts(cast))):
        cut = without_later_pages(cast, offset).up_to(Frontier(offset))
        assert cast.up_to(Frontier(offset)) == cut, offset


def late_facts(cast: Cast, *, of_each_kind: int = 5) -> list[int]:
    """Offsets at which the text tells what it might have told before."""
    kinds = (
        [c.gender_known_from for c in cast.characters if c.gender_known_from > c.known_from],
        [c.narrator_known_from for c in cast.characters if c.is_narrator],
        [q.addressees_known_from for q in cast.quotes if q.addressees_known_from > q.known_from],
        [q.known_from for q in cast.quotes if q.known_from > q.span.end],
        [a.known_from for c in cast.characters for a in c.aliases if a.known_from > c.known_from],
        [m.known_from for m in cast.merges],
    )
    told = [sorted(o for o in kind if 0 < o < WHOLE_BOOK.offset) for kind in kinds]
    return [o for kind in told for o in kind[:: max(1, len(kind) // of_each_kind)][:of_each_kind]]


def _shape(answer: httpx.Response) -> object:
    told = json.loads(answer.text)
    return {key: told[key] for key in told if key != "instance"}
