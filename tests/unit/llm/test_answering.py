import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.outbound.llm import answering
from adapters.outbound.llm.answering import whole
from application.ports.chat_model import ModelOutput, ModelText
from application.retrying import Patience
from domain.errors import ModelTimedOut


async def test_an_answer_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "READER_WAITS", Patience(attempts=1))
    closed = asyncio.Event()

    async def on_and_on() -> AsyncGenerator[ModelOutput, None]:
        try:
            while True:
                yield ModelText("and ")
                await asyncio.sleep(0)
        finally:
            closed.set()

    with pytest.raises(ModelTimedOut):
        await whole(on_and_on, is_object=False, seconds=0.05)
    assert closed.is_set()
