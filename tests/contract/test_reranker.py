from collections.abc import AsyncIterator

import pytest

from adapters.outbound.memory.reranker import OverlapReranker
from adapters.outbound.reranking.jina import JinaReranker
from application.ports.reranker import Reranker
from domain.errors import ModelFailed, ModelRateLimited, ModelUnavailable
from domain.passage import Passage
from domain.span import Span
from tests.contract.vendors import key_in, stub_or_real
from tests.stubs.jina import jina_server
from tests.stubs.serving import served
from tests.stubs.word_vectors import KEY, Instead, ModelServer

TEXTS = ("A ship at anchor.", "The captain of the ship.", "Soup for dinner.")
PASSAGES = [Passage(n, Span(n, n + 1), 0, text) for n, text in enumerate(TEXTS)]


class RerankerContract:
    @pytest.fixture
    def reranker(self) -> Reranker:
        raise NotImplementedError

    async def test_it_says_its_name(self, reranker: Reranker) -> None:
        assert reranker.name

    async def test_the_best_place_comes_first(self, reranker: Reranker) -> None:
        order = await reranker.rerank("the captain of the ship", PASSAGES, 3)
        assert order[0] == 1
        assert sorted(order) == [0, 1, 2]

    async def test_no_more_than_asked_for(self, reranker: Reranker) -> None:
        assert await reranker.rerank("the captain of the ship", PASSAGES, 1) == [1]
        assert await reranker.rerank("the captain", [], 5) == []


class TestOverlapReranker(RerankerContract):
    @pytest.fixture
    def reranker(self) -> Reranker:
        return OverlapReranker()


class TestJinaReranker(RerankerContract):
    @pytest.fixture(params=stub_or_real("JINA"))
    async def reranker(self, request: pytest.FixtureRequest) -> AsyncIterator[Reranker]:
        if key := key_in(request.param):
            real = JinaReranker(api_key=key)
            yield real
            await real.aclose()
            return
        async with served(jina_server(ModelServer())) as url:
            reranker = JinaReranker(api_key=KEY, base_url=url)
            yield reranker
            await reranker.aclose()


class TestJinaAnswers:
    @pytest.fixture
    def server(self) -> ModelServer:
        return ModelServer()

    @pytest.fixture
    async def reranker(self, server: ModelServer) -> AsyncIterator[JinaReranker]:
        async with served(jina_server(server)) as url:
            reranker = JinaReranker(api_key=KEY, base_url=url)
            yield reranker
            await reranker.aclose()

    async def test_it_asks_for_places_alone_and_gives_the_context_along(
        self, server: ModelServer, reranker: JinaReranker
    ) -> None:
        await reranker.rerank("the captain", [Passage(0, Span(0, 1), 0, "She.", "Captain Ann")], 5)

        (asked,) = server.asked
        assert asked["model"] == "jina-reranker-v3"
        assert asked["documents"] == ["Captain Ann\nShe."]
        assert (asked["top_n"], asked["return_documents"]) == (1, False)

    @pytest.mark.parametrize(
        ("status", "kind"),
        [(429, ModelRateLimited), (500, ModelUnavailable), (401, ModelFailed), (400, ModelFailed)],
    )
    async def test_an_error_is_told_apart(
        self,
        server: ModelServer,
        reranker: JinaReranker,
        status: int,
        kind: type[Exception],
    ) -> None:
        server.instead.extend([Instead(status, {"retry-after": "0"})] * 2)
        with pytest.raises(kind):
            await reranker.rerank("the captain", PASSAGES, 3)
        again = kind is not ModelFailed
        assert len(server.instead) == (0 if again else 1), "only what may pass is asked again"

    async def test_the_doctor_is_told_what_it_is_or_what_to_mend(
        self, server: ModelServer, reranker: JinaReranker
    ) -> None:
        assert (await reranker.check()).ok
        server.instead.append(Instead(401))
        ill = await reranker.check()
        assert (ill.ok, "JINA_API_KEY" in ill.detail) == (False, True)

    @pytest.mark.parametrize(
        "results",
        [
            None,
            [{"index": 0}],
            [{"index": 9, "relevance_score": 1.0}],
            [{"index": 0, "relevance_score": 1.0}] * 2,
            [{"index": -1, "relevance_score": 1.0}],
        ],
    )
    async def test_an_answer_that_fits_no_passages_is_refused(
        self, server: ModelServer, reranker: JinaReranker, results: object
    ) -> None:
        server.instead.append(Instead(200, body={"results": results}))
        with pytest.raises(ModelFailed):
            await reranker.rerank("the captain", PASSAGES, 3)
