import pytest

from adapters.outbound.memory.reranker import OverlapReranker
from application.ports.reranker import Reranker
from domain.passage import Passage
from domain.span import Span

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
