import asyncio
from collections.abc import AsyncIterator, Iterator
from math import isclose, sqrt

import pytest

from adapters.outbound.embedding.cohere import CohereEmbedder
from adapters.outbound.embedding.jina import JinaEmbedder
from adapters.outbound.embedding.minilm import MiniLmEmbedder
from adapters.outbound.embedding.openai import OpenAiEmbedder
from adapters.outbound.memory.embedder import TermEmbedder
from application.ports.embedder import Embedder, Vector
from tests.contract.vendors import key_in, stub_or_real
from tests.stubs.checked_traffic import CheckedTraffic
from tests.stubs.cohere import cohere_server
from tests.stubs.jina import jina_server
from tests.stubs.openai_embeddings import openai_embeddings
from tests.stubs.openapi import OpenApi
from tests.stubs.serving import served
from tests.stubs.word_vectors import KEY, ModelServer

TEXTS = [
    "The captain steered the ship into the harbour.",
    "A quiet dinner of bread and soup.",
    "Their captain brought the ship to harbour.",
]
# The document asks for a field that it does not describe and its own example lacks.
COHERES_SLIP = "'api_version' is a required property"


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


class TestOpenAiEmbedder(EmbedderContract):
    @pytest.fixture(params=stub_or_real("OPENAI"))
    async def embedder(self, request: pytest.FixtureRequest) -> AsyncIterator[Embedder]:
        if key := key_in(request.param):
            real = OpenAiEmbedder(api_key=key, model=None, dimension=1536)
            yield real
            await real.aclose()
            return
        server = ModelServer()
        async with served(openai_embeddings(server)) as url:
            embedder = OpenAiEmbedder(api_key=KEY, model=None, dimension=512, base_url=f"{url}/v1")
            yield embedder
            await embedder.aclose()
        # The document describes the numbers, and not their packed form, which is what was sent.
        if document := OpenApi.of("openai"):
            for asked in server.asked:
                assert not document.problems_of_request("POST", "/v1/embeddings", asked)
            for answered in server.answered:
                assert not document.problems_of_response("POST", "/v1/embeddings", 200, answered)


class TestOpenAiCompatibleEmbedder(EmbedderContract):
    """A server that gives plain numbers, in the one width that its model has."""

    @pytest.fixture
    async def embedder(self) -> AsyncIterator[Embedder]:
        app = CheckedTraffic(openai_embeddings(ModelServer(), packs=False), "openai")
        async with served(app) as url:
            embedder = OpenAiEmbedder(
                api_key=KEY, model="nomic-embed-text", dimension=768, base_url=f"{url}/v1"
            )
            yield embedder
            await embedder.aclose()
        assert app.problems == []


class TestCohereEmbedder(EmbedderContract):
    @pytest.fixture(params=stub_or_real("COHERE"))
    async def embedder(self, request: pytest.FixtureRequest) -> AsyncIterator[Embedder]:
        if key := key_in(request.param):
            real = CohereEmbedder(api_key=key, model=None, dimension=1536)
            yield real
            await real.aclose()
            return
        app = CheckedTraffic(cohere_server(ModelServer()), "cohere")
        async with served(app) as url:
            embedder = CohereEmbedder(api_key=KEY, model=None, dimension=512, base_url=url)
            yield embedder
            await embedder.aclose()
        assert [p for p in app.problems if not p.endswith(COHERES_SLIP)] == []


class TestJinaEmbedder(EmbedderContract):
    @pytest.fixture(params=stub_or_real("JINA"))
    async def embedder(self, request: pytest.FixtureRequest) -> AsyncIterator[Embedder]:
        if key := key_in(request.param):
            real = JinaEmbedder(api_key=key, model=None, dimension=1024)
            yield real
            await real.aclose()
            return
        async with served(jina_server(ModelServer())) as url:
            embedder = JinaEmbedder(api_key=KEY, model=None, dimension=512, base_url=url)
            yield embedder
            await embedder.aclose()
