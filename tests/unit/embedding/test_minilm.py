import asyncio
import importlib.util
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from adapters.outbound.embedding import minilm, minilm_encoder
from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder
from adapters.outbound.embedding.query_heads import QueryHeads
from adapters.outbound.embedding.token_projection import SHIPPED
from domain.errors import ModelUnavailable
from tests.unit.embedding.written_heads import head, heads

TEXTS = [
    "The gates of the city stood open, and nobody was there to shut them.",
    "“I never asked you for it,” said she, and turned to the window.",
    "Eleven barrels of salted herring, two of oil.",
    "Rain. " * 60,
    "Why did the keeper leave the lamp unlit on the night of the storm?",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture
async def embedder(models: Path) -> AsyncIterator[MiniLmEmbedder]:
    embedder = MiniLmEmbedder(models)
    yield embedder
    await embedder.aclose()


def test_int8_is_close_to_float32(models: Path) -> None:
    exact = MiniLmEncoder(models, precision="float32").embed(TEXTS)
    small = MiniLmEncoder(models, precision="int8").embed(TEXTS)
    cosines = (exact * small).sum(axis=1)
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.97


def test_float32_gives_the_published_vectors(models: Path) -> None:
    # The first figures of sentence-transformers/all-MiniLM-L6-v2 for this sentence, from its card.
    encoder = MiniLmEncoder(models, precision="float32")
    (vector,) = encoder.embed(["This is an example sentence"])
    assert vector[:3] == pytest.approx([0.0676569, 0.0634959, 0.0487131], abs=1e-5)


async def test_a_head_that_moves_nothing_leaves_each_token_where_it_is(tmp_path: Path) -> None:
    still, turning = (head(projection=sign * SHIPPED.matrix.astype(float)) for sign in (1, -1))
    embedder = MiniLmEmbedder(tmp_path, heads=heads(tmp_path, still, turning))
    query = await embedder.encode_query(TEXTS[4])
    await embedder.aclose()
    first, *inner, last = query.adapted.spans  # the marks of both ends are of no length
    assert len(first) == len(last) == 0
    assert tuple(inner) == query.tokens.spans
    as_they_were = np.array(query.tokens.levels).reshape(len(inner), -1)
    one, other = np.array(query.adapted.levels).reshape(2, len(inner) + 2, -1)
    assert np.abs(one[1:-1] - as_they_were).max() <= 1
    assert np.array_equal(other, -one)


async def test_missing_heads_are_told_of_a_query_alone(tmp_path: Path) -> None:
    embedder = MiniLmEmbedder(tmp_path, heads=QueryHeads(tmp_path / "none.npz"))
    assert len(await embedder.encode(TEXTS[:1])) == 1
    with pytest.raises(ModelUnavailable, match="install Falsafa again"):
        await embedder.encode_query(TEXTS[4])
    await embedder.aclose()


async def test_a_damaged_model_is_built_again(tmp_path: Path) -> None:
    before = MiniLmEncoder(tmp_path).embed(TEXTS)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    after = MiniLmEncoder(tmp_path).embed(TEXTS)
    assert np.array_equal(before, after)


async def test_nothing_is_loaded_before_the_first_text(tmp_path: Path) -> None:
    await MiniLmEmbedder(tmp_path).aclose()
    assert list(tmp_path.iterdir()) == []


async def test_no_connection_is_opened(
    embedder: MiniLmEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert len(await embedder.embed(["one"], "query")) == 1


async def test_missing_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    embedder = MiniLmEmbedder(tmp_path)
    with pytest.raises(ModelUnavailable, match="not installed"):
        await embedder.embed(["one"], "query")
    await embedder.aclose()


class StuckEncoder:
    """Lets queries through, and holds documents until it is told to go on."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.calls: list[int] = []

    def embed(self, texts: Sequence[str]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
        self.calls.append(len(texts))
        if texts[0].startswith("document"):
            self.go_on.wait()
        return np.ones((len(texts), 384), np.float32)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> StuckEncoder:
    encoder = StuckEncoder()
    monkeypatch.setattr(minilm_encoder, "MiniLmEncoder", lambda *_, **__: encoder)
    return encoder


async def test_a_query_does_not_wait_for_documents(
    embedder: MiniLmEmbedder, stuck: StuckEncoder
) -> None:
    ingest = asyncio.create_task(embedder.embed(["document"] * 3, "document"))
    assert len(await embedder.embed(["query"], "query")) == 1
    assert not ingest.done()
    stuck.go_on.set()
    assert len(await ingest) == 3


async def test_a_cancelled_ingest_stops_after_the_batches_that_run(
    embedder: MiniLmEmbedder, stuck: StuckEncoder
) -> None:
    texts = ["document"] * (9 * minilm.TEXTS_A_CALL)
    ingest = asyncio.create_task(embedder.embed(texts, "document"))
    await embedder.embed(["query"], "query")
    ingest.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ingest
    stuck.go_on.set()
    await embedder.aclose()
    assert stuck.calls.count(minilm.TEXTS_A_CALL) <= 2
