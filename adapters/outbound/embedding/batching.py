"""What the vendors' embedders share: texts into calls, calls into vectors, and what may go wrong.

An empty text is refused by some vendors and dropped by others, so one without a visible sign is
sent as a full stop: what it means to a search is nothing either way.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from application.ports.embedder import EmbeddingKind, Vector
from application.retrying import NOBODY_WAITS, READER_WAITS, Patience, retried
from domain.errors import Misconfigured, ModelFailed, ModelTimedOut

T = TypeVar("T")
Row: TypeAlias = "Sequence[float] | npt.NDArray[np.float32]"
Call: TypeAlias = "Callable[[Sequence[str]], Awaitable[Sequence[Row]]]"

NOTHING_SAID = "."
CALLS_AT_ONCE = 4
CONNECT_SECONDS = 5.0
SECONDS: dict[EmbeddingKind, float] = {"query": 10.0, "document": 60.0}  # a call, to its end
ANSWER_SECONDS = SECONDS["document"]
PATIENCE: dict[EmbeddingKind, Patience] = {"query": READER_WAITS, "document": NOBODY_WAITS}


@dataclass(frozen=True, slots=True)
class CallLimits:
    """A vendor's limits on one call.

    Sizes are in bytes of UTF-8: no tokenizer of these models makes more tokens than bytes, so what
    is within as many bytes as tokens are allowed always fits, and no vocabulary is needed.
    """

    texts: int
    bytes_in_all: int
    bytes_a_text: int  # what is longer is cut at its end; our passages are far shorter


async def embed_in_calls(
    texts: Sequence[str], kind: EmbeddingKind, limits: CallLimits, dimension: int, call: Call
) -> list[Vector]:
    """A unit-length vector of each text, in their order; each call asked anew where that may help.

    A call that fails ends the others. Raises what `call` raises, ModelFailed for an answer that
    does not hold a vector a text, Misconfigured for vectors of another width.
    """
    said = [_cut(text, limits.bytes_a_text) for text in texts]
    calls = list(_calls(said, limits))
    turn = asyncio.Semaphore(CALLS_AT_ONCE)

    async def ask(some: Sequence[str]) -> Sequence[Row]:
        try:
            async with asyncio.timeout(SECONDS[kind]):
                return await call(some)
        except TimeoutError as error:
            raise ModelTimedOut("The embedding model did not answer in time; try again.") from error

    async def answer(some: Sequence[str]) -> list[Vector]:
        async with turn:
            rows = await retried(lambda: ask(some), PATIENCE[kind])
        if len(rows) != len(some):
            raise ModelFailed(
                f"The embedding model gave {len(rows)} vectors for {len(some)} texts; try again."
            )
        return [unit(row, dimension) for row in rows]

    parts = await _all_or_none([answer(some) for some in calls])
    return [vector for part in parts for vector in part]


def unit(row: Row, dimension: int) -> Vector:
    """float32, of length 1. Raises Misconfigured, ModelFailed for what is no vector."""
    try:
        numbers = np.asarray(row, np.float64)
    except (ValueError, TypeError) as error:
        raise ModelFailed("The embedding model's answer could not be read.") from error
    if numbers.ndim != 1:
        raise ModelFailed("The embedding model's answer could not be read.")
    if len(numbers) != dimension:
        raise Misconfigured(
            f"The embedding model gives {len(numbers)} numbers, not {dimension}. "
            f"Add the line: EMBEDDING_DIMENSION={len(numbers)}"
        )
    length = np.linalg.norm(numbers)
    if not (np.isfinite(length) and length > 0):
        raise ModelFailed("The embedding model gave a vector that points nowhere; try again.")
    return array("f", (numbers / length).astype(np.float32).tobytes())


def width_of(widths: Mapping[str, Sequence[int]], model: str, wanted: int | None) -> int:
    """The width that is asked for, or the model's full one. `widths` by model, the full one last.

    Raises Misconfigured for a width that the model is known not to give, and for a model whose
    widths are not known and of which none is asked.
    """
    known = widths.get(model)
    if wanted is None:
        if known is None:
            raise Misconfigured(
                f"How wide {model}'s vectors are is not known. "
                "Add the line: EMBEDDING_DIMENSION=<the model's width>"
            )
        return known[-1]
    if known is not None and wanted not in known:
        raise Misconfigured(
            f"{model} gives no vectors of {wanted} numbers. "
            f"Add the line: EMBEDDING_DIMENSION={known[-1]}"
        )
    return wanted


def _cut(text: str, longest: int) -> str:
    if not text.strip():
        return NOTHING_SAID
    # A lone surrogate is in no UTF-8; a reader's query may hold one.
    encoded = text.encode("utf-8", "replace")[:longest]
    return encoded.decode("utf-8", "ignore")


def _calls(texts: Sequence[str], limits: CallLimits) -> Iterator[list[str]]:
    some: list[str] = []
    size = 0
    for text in texts:
        more = len(text.encode())
        if some and (len(some) == limits.texts or size + more > limits.bytes_in_all):
            yield some
            some, size = [], 0
        some.append(text)
        size += more
    if some:
        yield some


async def _all_or_none(work: Sequence[Awaitable[T]]) -> list[T]:
    """The results in order. Where one fails, or the caller is cancelled, nothing goes on."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
