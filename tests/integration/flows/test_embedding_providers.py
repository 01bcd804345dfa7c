"""A vendor's embedder and reranker chosen by variables alone, under everything else as it runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dependency_injector import providers

from application.hybrid_search import HybridSearch, SearchRequest
from bootstrap.container import Container
from bootstrap.settings import Settings
from domain.book import Book, BookStatus
from domain.ids import LOCAL_OWNER
from domain.passage import SearchResult
from tests.integration.flows.processes import STORY
from tests.integration.quick import Here
from tests.stubs.cohere import cohere_server
from tests.stubs.jina import jina_server
from tests.stubs.openai_embeddings import openai_embeddings
from tests.stubs.serving import served
from tests.stubs.word_vectors import KEY, ModelServer
from tests.unit.application.world import in_blocks

QUERY = "Captain Gilbert"


@asynccontextmanager
async def vendor(name: str) -> AsyncIterator[tuple[ModelServer, dict[str, str]]]:
    """The vendor's server, and the variables that choose it."""
    server = ModelServer()
    stub = {"openai": openai_embeddings, "cohere": cohere_server, "jina": jina_server}[name]
    async with served(stub(server)) as url:
        path = "/v1" if name == "openai" else ""
        width = {"openai": "1536", "cohere": "1024", "jina": "512"}[name]
        yield (
            server,
            {
                "EMBEDDING_PROVIDER": name,
                "EMBEDDING_DIMENSION": width,
                f"{name.upper()}_API_KEY": KEY,
                f"{name.upper()}_BASE_URL": url + path,
            },
        )


@asynccontextmanager
async def falsafa(data_dir: Path, variables: dict[str, str]) -> AsyncIterator[Container]:
    settings = Settings.model_validate({"FALSAFA_DATA_DIR": data_dir, **variables})
    container = Container(settings=settings)
    container.worker_pool.override(providers.Singleton(Here))
    async with container.resources():
        yield container


async def added(container: Container) -> Book:
    beginning = STORY.read_bytes()[:9_000]
    submission = await container.submit_book().from_upload(
        in_blocks(beginning), file_name="story.md", media_type="", owner_id=LOCAL_OWNER
    )
    return await worked(container, submission.book)


async def worked(container: Container, book: Book) -> Book:
    await container.job_manager().drain()
    done: Book = await container.books().get(book.id)
    assert done.status is BookStatus.COMPLETED, done.failure
    return done


async def found(container: Container, book: Book) -> SearchResult:
    assert book.version is not None
    search: HybridSearch = container.hybrid_search()
    return await search.search(SearchRequest(book.version, QUERY))


@pytest.mark.parametrize("name", ["openai", "cohere", "jina"])
async def test_a_book_is_embedded_and_searched_with_the_vendor_that_is_chosen(
    tmp_path: Path, name: str
) -> None:
    async with vendor(name) as (server, variables), falsafa(tmp_path, variables) as container:
        book = await added(container)
        embedded = len(server.asked)
        result = await found(container, book)

        assert embedded > 0
        assert len(server.asked) > embedded, "the query is embedded too"
        assert "vectors" in result.signals
        assert result.degraded == ()
        assert any(QUERY in hit.passage.text for hit in result.hits)


async def test_a_key_of_jina_brings_its_reranker_unless_told_otherwise(tmp_path: Path) -> None:
    async with vendor("jina") as (server, variables):
        async with falsafa(tmp_path, variables) as container:
            book = await added(container)
            assert "reranker" in (await found(container, book)).signals
            assert "documents" in server.asked[-1]
        async with falsafa(tmp_path, {**variables, "RERANKER": "score"}) as container:
            assert "reranker" not in (await found(container, book)).signals


async def test_from_one_vendor_to_another(tmp_path: Path) -> None:
    async with vendor("cohere") as (_, before), vendor("openai") as (_, after):
        async with falsafa(tmp_path, before) as container:
            book = await added(container)
        async with falsafa(tmp_path, after) as container:
            (degraded,) = (await found(container, book)).degraded
            assert "embed-v4.0 (1024 wide)" in degraded
            assert f"falsafa reindex {book.id}" in degraded

            reindex = container.reindex_book()
            assert [each.id async for each in reindex.outdated()] == [book.id]
            await reindex.reindex(book.id)
            book = await worked(container, book)

            assert book.serving == 2
            assert (await found(container, book)).degraded == ()
            assert [each.id async for each in reindex.outdated()] == []
        async with falsafa(tmp_path, before) as container:
            assert "text-embedding-3-small" in (await found(container, book)).degraded[0]
