"""The token vectors of a book, from its file to an answer, with the parts as they are wired."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from application.blob_keys import token_blobs
from application.ports.blob_store import BlobStore
from bootstrap.container import Container
from domain.book import Book
from tests.integration.flows.test_embedding_providers import added, falsafa, found, vendor, worked
from tests.stubs.qdrant import QdrantStub
from tests.stubs.serving import served
from tests.stubs.typesense import KEY as TYPESENSE_KEY
from tests.stubs.typesense import TypesenseStub


async def files_of(container: Container, book: Book) -> Sequence[str]:
    blobs: BlobStore = container.blobs()
    assert book.version is not None
    return await blobs.keys_under(token_blobs(book.version))


async def reindexed(container: Container, book: Book) -> Book:
    await container.reindex_book().reindex(book.id)
    return await worked(container, book)


async def test_they_order_an_answer_and_go_with_their_book(tmp_path: Path) -> None:
    async with falsafa(tmp_path, {}) as container:
        book = await added(container)
        assert len(await files_of(container, book)) == 1
        result = await found(container, book)
        assert set(result.signals) == {"vectors", "keywords", "tokens"}
        assert result.degraded == ()

        again = await reindexed(container, book)
        assert await files_of(container, book) == []
        assert len(await files_of(container, again)) == 1

        await container.delete_book().delete(book.id)
        assert await files_of(container, again) == []


async def test_the_servers_of_production_order_by_them_too(tmp_path: Path) -> None:
    async with served(QdrantStub()) as qdrant, served(TypesenseStub()) as typesense:
        variables = {
            "QDRANT_URL": qdrant,
            "TYPESENSE_NODES": typesense,
            "TYPESENSE_API_KEY": TYPESENSE_KEY,
        }
        async with falsafa(tmp_path, variables) as container:
            book = await added(container)
            result = await found(container, book)
            assert set(result.signals) == {"vectors", "keywords", "tokens"}
            assert result.degraded == ()


async def test_a_book_of_before_lacks_them_until_it_is_indexed_anew(tmp_path: Path) -> None:
    async with falsafa(tmp_path, {}) as container:
        book = await added(container)
        assert book.version is not None
        await container.token_vectors().delete(book.version)

        result = await found(container, book)
        assert set(result.signals) == {"vectors", "keywords"}
        assert result.degraded == ()
        outdated = [one.id async for one in container.reindex_book().outdated()]
        assert outdated == [book.id]

        again = await reindexed(container, book)
        assert "tokens" in (await found(container, again)).signals
        assert [one async for one in container.reindex_book().outdated()] == []


async def test_where_an_api_embeds_there_are_none_and_none_are_missed(tmp_path: Path) -> None:
    async with vendor("openai") as (_, variables), falsafa(tmp_path, variables) as container:
        book = await added(container)
        assert await files_of(container, book) == []
        assert [one async for one in container.reindex_book().outdated()] == []
        result = await found(container, book)
        assert set(result.signals) == {"vectors", "keywords"}
        assert result.degraded == ()


@pytest.mark.parametrize("kept", [0, 1000])
async def test_what_is_damaged_is_told_and_the_rest_answers(tmp_path: Path, kept: int) -> None:
    async with falsafa(tmp_path, {}) as container:
        book = await added(container)
        (key,) = await files_of(container, book)
        file = container.settings().blobs_dir / key
        file.write_bytes(file.read_bytes()[:kept])

        result = await found(container, book)
        assert result.hits
        assert set(result.signals) == {"vectors", "keywords"}
        (degraded,) = result.degraded
        assert f"falsafa reindex {book.id}" in degraded

        again = await reindexed(container, book)
        assert "tokens" in (await found(container, again)).signals
