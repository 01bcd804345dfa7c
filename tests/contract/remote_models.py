"""What every model that answers over HTTP owes beside its port: told apart, tried again, let go."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.outbound.llm import answering
from application.ports.chat_model import ChatModel, ModelFinished, ModelOutput, ModelText
from application.retrying import READER_WAITS
from domain.errors import (
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRateLimited,
    ModelTimedOut,
    ModelUnavailable,
)
from domain.turn import FinishReason, Usage
from tests.contract.test_chat_model import ChatModelContract, a_request
from tests.stubs.upstream import Answer, Exchange, Upstream

OWN_WORDS = "its own words, which may hold the prompt"
LONG_AGO = 30.0  # seconds within which everything here has happened
MANY_SCRIPTS = "“Ĝis!” — 漢字, اردو, 🙂 and é."


async def all_of(model: ChatModel) -> list[ModelOutput]:
    return [output async for output in model.stream(a_request())]


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


class Vendor(ABC):
    """One vendor's adapter and the stub that it speaks with."""

    key: str  # the variable that holds the vendor's key
    media_type: str
    keep_alive: bytes  # what the server sends while there is no text

    @abstractmethod
    def serve(
        self, answer: Answer, *, as_published: bool = True
    ) -> AbstractAsyncContextManager[Upstream]: ...

    @abstractmethod
    def model_at(self, url: str, read_seconds: float = LONG_AGO) -> Any: ...

    @abstractmethod
    def said(self, *texts: str) -> bytes:
        """The beginning of an answer, as it is on the wire."""

    @abstractmethod
    def ended(self, *, cut: bool = False) -> bytes:
        """The rest of it, which reports 40 tokens read and 7 written."""

    @abstractmethod
    def error(self, status: int) -> object:
        """The body of an answer with this status, holding OWN_WORDS."""

    @pytest.fixture(autouse=True)
    def pauses_are_short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        patience = replace(READER_WAITS, first_pause=0.001)
        monkeypatch.setattr(answering, "READER_WAITS", patience)

    @asynccontextmanager
    async def talking(
        self, answer: Answer, *, read_seconds: float = LONG_AGO, as_published: bool = True
    ) -> AsyncIterator[tuple[Any, Upstream]]:
        async with self.serve(answer, as_published=as_published) as server:
            model = self.model_at(server.url, read_seconds)
            try:
                async with asyncio.timeout(LONG_AGO):
                    yield model, server
            finally:
                await model.aclose()


class RemoteModelContract(Vendor, ChatModelContract):
    """Inherited with a vendor's stub."""

    @abstractmethod
    def stops(self, body: Any) -> Sequence[str]:
        """The stop sequences in a request."""

    @pytest.fixture
    async def model(self) -> AsyncIterator[ChatModel]:
        async with self.talking(self.good_evening) as (model, _):
            yield model

    async def say(self, exchange: Exchange, *texts: str) -> None:
        await exchange.stream(self.media_type, self.said(*texts), self.ended())

    async def good_evening(self, exchange: Exchange) -> None:
        await self.say(exchange, "Good ", "evening.")

    async def good_and_no_more(self, exchange: Exchange) -> None:
        await exchange.stream(self.media_type, self.said("Good "), ended=False)
        await exchange.until_the_client_leaves()

    async def test_an_answer_is_its_text_then_what_it_cost(self) -> None:
        async with self.talking(self.good_evening) as (model, _):
            assert await all_of(model) == [
                ModelText("Good "),
                ModelText("evening."),
                ModelFinished(FinishReason.STOP, Usage(40, 7)),
            ]

    async def test_a_long_answer_comes_whole(self) -> None:
        words = [f"word{i} " for i in range(5_000)]

        async def answer(exchange: Exchange) -> None:
            await self.say(exchange, *words)

        async with self.talking(answer) as (model, _):
            *deltas, finished = await all_of(model)

        assert [d.text for d in deltas if isinstance(d, ModelText)] == words
        assert isinstance(finished, ModelFinished)

    async def test_an_answer_that_was_cut_says_so(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said("Good "), self.ended(cut=True))

        async with self.talking(answer) as (model, _):
            assert (await all_of(model))[-1] == ModelFinished(FinishReason.LENGTH, Usage(40, 7))

    async def test_what_is_to_end_the_answer_is_sent_along(self) -> None:
        async with self.talking(self.good_evening) as (model, server):
            request = replace(a_request(), stop=("END", "STOP"))
            assert [o async for o in model.stream(request)]

        assert self.stops(server.requests[0].body) == ["END", "STOP"]

    async def test_letters_that_are_split_on_the_wire_are_whole(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.begin(self.media_type)
            for byte in self.said(MANY_SCRIPTS, MANY_SCRIPTS) + self.ended():
                await exchange.send(bytes([byte]))
            await exchange.end()

        async with self.talking(answer) as (model, _):
            first, second, _ = await all_of(model)

        assert first == second == ModelText(MANY_SCRIPTS)

    @pytest.mark.parametrize(
        "rest", [b'data: {"choices": [{"del\n\n', b'{"message": {"con\n', b"data: \xe6\xbc\n\n"]
    )
    async def test_a_part_that_cannot_be_read_ends_the_answer_after_its_text(
        self, rest: bytes
    ) -> None:
        broken = b"event: content_block_delta\n" + rest if "event" in self.media_type else rest

        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said("Good "), broken)

        async with self.talking(answer, as_published=False) as (model, server):
            outputs = model.stream(a_request())
            assert await anext(outputs) == ModelText("Good ")
            with pytest.raises(ModelFailed):
                await anext(outputs)

        assert len(server.requests) == 1

    async def test_a_stream_that_ends_before_its_end_is_no_answer(self) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said("Good "))

        async with self.talking(answer, as_published=False) as (model, _):
            with pytest.raises(ModelFailed, match="broke off"):
                await all_of(model)

    async def test_a_connection_that_is_lost_after_text_is_told_of_and_not_tried_again(
        self,
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.stream(self.media_type, self.said("Good "), ended=False)

        async with self.talking(answer) as (model, server):
            outputs = model.stream(a_request())
            assert await anext(outputs) == ModelText("Good ")
            with pytest.raises(ModelUnavailable):
                await anext(outputs)

        assert len(server.requests) == 1

    async def test_a_connection_that_is_lost_before_text_is_tried_again(self) -> None:
        async def answer(exchange: Exchange) -> None:
            if len(server.requests) == 1:
                await exchange.begin(self.media_type)
            else:
                await self.good_evening(exchange)

        async with self.talking(answer) as (model, server):
            assert (await all_of(model))[0] == ModelText("Good ")

        assert len(server.requests) == 2

    @pytest.mark.parametrize("status", [429, 500, 503])
    async def test_a_server_that_failed_once_is_asked_once_more(self, status: int) -> None:
        async def answer(exchange: Exchange) -> None:
            if len(server.requests) == 1:
                await exchange.whole(status, self.error(status), {"Retry-After": "0"})
            else:
                await self.good_evening(exchange)

        async with self.talking(answer) as (model, server):
            assert (await all_of(model))[0] == ModelText("Good ")

        assert len(server.requests) == 2

    @pytest.mark.parametrize(
        ("status", "kind", "requests"),
        [
            (400, ModelFailed, 1),
            (401, ModelNotServed, 1),
            (403, ModelNotServed, 1),
            (404, ModelNotServed, 1),
            (408, ModelTimedOut, 2),
            (429, ModelRateLimited, 2),
            (500, ModelUnavailable, 2),
            (503, ModelUnavailable, 2),
        ],
    )
    async def test_a_status_becomes_an_error_in_words_of_ours(
        self, status: int, kind: type[FalsafaError], requests: int
    ) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.whole(status, self.error(status))

        async with self.talking(answer) as (model, server):
            with pytest.raises(FalsafaError) as caught:
                await all_of(model)

        assert type(caught.value) is kind
        assert OWN_WORDS not in caught.value.message
        assert (self.key in caught.value.message) is (status in (401, 403))
        assert len(server.requests) == requests

    async def test_where_nobody_listens_the_model_is_away(self) -> None:
        async with self.serve(self.good_evening) as server:
            pass
        model = self.model_at(server.url)

        with pytest.raises(ModelUnavailable):
            await all_of(model)
        await model.aclose()

    async def test_a_server_that_speaks_no_tls_is_away(self) -> None:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 x\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            model = self.model_at(f"https://127.0.0.1:{port}")
            with pytest.raises(ModelUnavailable):
                await all_of(model)
            await model.aclose()

    async def test_a_server_that_says_nothing_times_out(self) -> None:
        talking = self.talking(Exchange.until_the_client_leaves, read_seconds=0.01)

        async with talking as (model, _):
            with pytest.raises(ModelTimedOut):
                await all_of(model)

    async def test_a_server_that_stalls_within_its_answer_times_out_after_the_text(self) -> None:
        async with self.talking(self.good_and_no_more, read_seconds=0.5) as (model, server):
            outputs = model.stream(a_request())
            assert await anext(outputs) == ModelText("Good ")
            with pytest.raises(ModelTimedOut):
                await anext(outputs)

        assert len(server.requests) == 1

    @pytest.mark.parametrize("has_begun", [True, False])
    async def test_signs_of_life_without_text_are_no_answer(self, has_begun: bool) -> None:
        async def answer(exchange: Exchange) -> None:
            await exchange.begin(self.media_type)
            await exchange.send(self.said("Good ") if has_begun else self.keep_alive)
            leaving = asyncio.create_task(exchange.until_the_client_leaves())
            while not leaving.done():
                await exchange.send(self.keep_alive)
                await asyncio.sleep(0.01)

        async with self.talking(answer, read_seconds=0.5) as (model, _):
            with pytest.raises(ModelTimedOut):
                await all_of(model)

    async def test_closing_the_stream_closes_the_request(self) -> None:
        async with self.talking(self.good_and_no_more) as (model, server):
            async with aclosing(model.stream(a_request())) as outputs:
                assert await anext(outputs) == ModelText("Good ")
                assert not server.left.is_set()
            await server.left.wait()

    @pytest.mark.parametrize("has_begun", [True, False])
    async def test_cancelling_the_reader_closes_the_request(self, has_begun: bool) -> None:
        arrived = asyncio.Event()

        async def answer(exchange: Exchange) -> None:
            if has_begun:
                await exchange.stream(self.media_type, self.said("Good "), ended=False)
            arrived.set()
            await exchange.until_the_client_leaves()

        async with self.talking(answer) as (model, server):
            reading = asyncio.create_task(all_of(model))
            await arrived.wait()
            assert not server.left.is_set()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            await server.left.wait()

    async def test_five_hundred_readers_who_leave_leave_nothing_behind(self) -> None:
        async def leave(model: ChatModel) -> None:
            async with aclosing(model.stream(a_request())) as outputs:
                assert await anext(outputs) == ModelText("Good ")

        async with self.talking(self.good_and_no_more) as (model, server):
            before, files = asyncio.all_tasks(), open_files()
            for _ in range(10):
                await asyncio.gather(*(leave(model) for _ in range(50)))
            while server.open_connections or asyncio.all_tasks() - before or open_files() > files:
                await asyncio.sleep(0)

        assert len(server.requests) == 500
