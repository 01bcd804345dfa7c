import asyncio
from collections.abc import Iterator
from math import isclose, sqrt

import pytest

from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.memory.embedder import TermEmbedder
from application.ports.embedder import Embedder, Vector

TEXTS = [
    "The captain steered the ship into the harbour.",
    "A quiet dinner of bread and soup.",
    "Their captain brought the ship to harbour.",
]


def cosine(a: Vector, b: Vector) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


class EmbedderContract:
    @pytest.fixture
    def embedder(self) -> Embedder:
        raise NotImplementedError

    async def test_it_says_which_model_it_is(self, embedder: Embedder) -> None:
        assert embedder.model
        (vector,) = await embedder.embed(["words"], "query")
        assert len(vector) == embedder.dimension

    async def test_vectors_are_float32_of_unit_length(self, embedder: Embedder) -> None:
        for vector in await embedder.embed([*TEXTS, "", "🕯️", "word " * 5000], "document"):
            assert vector.typecode == "f"
            assert isclose(sqrt(cosine(vector, vector)), 1, abs_tol=1e-5)

    async def test_no_texts_no_vectors(self, embedder: Embedder) -> None:
        assert await embedder.embed([], "document") == []

    async def test_texts_of_like_meaning_are_nearer(self, embedder: Embedder) -> None:
        ship, dinner, same_ship = await embedder.embed(TEXTS, "document")
        assert cosine(ship, same_ship) > cosine(ship, dinner)
        (query,) = await embedder.embed(["captain of the ship"], "query")
        assert cosine(query, ship) > cosine(query, dinner)

    async def test_vectors_come_in_the_order_of_the_texts(self, embedder: Embedder) -> None:
        texts = [f"{'very ' * (n * 7 % 50)} long text number {n}" for n in range(150)]
        together = await embedder.embed(texts, "document")
        for place in (0, 1, 64, 149):
            (alone,) = await embedder.embed([texts[place]], "document")
            # Not equal: in int8 a text shares its scale with the others of its batch.
            assert cosine(alone, together[place]) > 0.97


class TestTermEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return TermEmbedder()


@pytest.fixture(scope="module")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedder]:
    embedder = MiniLmEmbedder(tmp_path_factory.mktemp("models"), threads=2)
    yield embedder
    asyncio.run(embedder.aclose())


class TestMiniLmEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, minilm: Embedder) -> Embedder:
        return minilm
