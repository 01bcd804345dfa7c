"""A frontend's books, in a deployment that had them before us."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.outbound.supabase.books import SupabaseBookRepository
from adapters.outbound.supabase.client import SupabaseClient
from domain.book import Book, BookStatus, ContentVersion
from domain.errors import BookNotFound
from domain.ids import BookId, OwnerId
from domain.page import PageRequest
from tests.services.older_tables import Deployment

HARD_TIMES = BookId("b0000000-0000-0000-0000-000000000001")
EMMA = BookId("b0000000-0000-0000-0000-000000000002")
GIVEN_UP = BookId("b0000000-0000-0000-0000-000000000003")
OWNER = OwnerId("a0000000-0000-0000-0000-000000000001")
NEW = BookId("10000000-0000-0000-0000-000000000009")


@pytest.fixture
def books(older_supabase: SupabaseClient, deployment: Deployment) -> SupabaseBookRepository:
    return SupabaseBookRepository(older_supabase, status_words=deployment.tables.status_words)


def row_of(deployment: Deployment, book_id: BookId) -> dict[str, Any]:
    found = deployment.database.run(f"select to_jsonb(b) from books b where id = '{book_id}'")
    row: dict[str, Any] = json.loads(found or "{}")
    row.pop("metadata", None)  # one deployment's trigger writes it
    return row


def a_new_book(owner_id: OwnerId | None = OWNER) -> Book:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Book(NEW, owner_id, "A Tale: of Two “Cities”", "", "ab" * 32, now, now)


async def test_a_book_that_the_older_backend_read_is_whole_and_waits(
    books: SupabaseBookRepository,
) -> None:
    book = await books.get(HARD_TIMES)
    assert (book.title, book.author, book.owner_id) == ("Hard Times", "Charles Dickens", OWNER)
    assert (book.status, book.total_passages) == (BookStatus.COMPLETED, 321)
    assert book.waits_for_migration
    assert (book.blob_key, book.source_url) == ("uploads/hard-times.epub", "")
    assert book.created_at == datetime(2025, 1, 1, tzinfo=UTC)


async def test_a_book_that_nobody_has_read_yet_is_pending(books: SupabaseBookRepository) -> None:
    book = await books.get(EMMA)
    assert (book.status, book.author, book.older) == (BookStatus.PENDING, "", False)
    assert (book.blob_key, book.source_url) == ("", "https://files.example/emma.epub")


async def test_a_row_that_is_marked_as_deleted_does_not_exist(
    books: SupabaseBookRepository,
) -> None:
    with pytest.raises(BookNotFound):
        await books.get(GIVEN_UP)
    listed = await books.list(None, PageRequest())
    assert [book.id for book in listed.items] == [EMMA, HARD_TIMES]
    with pytest.raises(BookNotFound):
        await books.publish(ContentVersion(GIVEN_UP, 1))


async def test_the_book_that_a_frontend_made_is_found_by_its_chosen_id(
    books: SupabaseBookRepository,
) -> None:
    wanted = replace(a_new_book(), id=EMMA)
    assert await books.add(wanted, once_per_content=False) == await books.get(EMMA)
    with pytest.raises(BookNotFound):
        await books.add(a_new_book(), once_per_content=False)


async def test_of_a_frontends_row_only_the_state_of_processing_is_written(
    books: SupabaseBookRepository, deployment: Deployment
) -> None:
    before = row_of(deployment, EMMA)
    book = await books.get(EMMA)
    changed = replace(
        book,
        title="As the file calls it",
        author="Jane Austen",
        description="Found in the file.",
        language="fr",
        status=BookStatus.COMPLETED,
        total_passages=12,
        blob_key="books/emma/source",
        content_hash="cd" * 32,
        warnings=("A warning.",),
    )
    await books.save(changed)
    assert row_of(deployment, EMMA) == before | {
        "processing_status": deployment.tables.completed,
        "total_chunks": 12,
    }
    kept = await books.get(EMMA)
    assert (kept.title, kept.language) == (book.title, book.language)
    assert (kept.blob_key, kept.content_hash) == (changed.blob_key, changed.content_hash)
    assert (kept.status, kept.warnings) == (BookStatus.COMPLETED, ("A warning.",))


@pytest.mark.parametrize("status", list(BookStatus))
async def test_each_status_has_a_word_of_the_deployment(
    books: SupabaseBookRepository, deployment: Deployment, status: BookStatus
) -> None:
    await books.save(replace(await books.get(EMMA), status=status))
    assert (await books.get(EMMA)).status is status
    if status is BookStatus.PENDING:
        word = row_of(deployment, EMMA)["processing_status"]
        assert word == deployment.tables.status_words


async def test_a_book_waits_for_migration_until_a_version_of_ours_serves(
    books: SupabaseBookRepository,
) -> None:
    book = await books.get(HARD_TIMES)
    await books.save(replace(book, status=BookStatus.FAILED, failure="No such file."))
    assert (await books.get(HARD_TIMES)).waits_for_migration
    await books.publish(ContentVersion(HARD_TIMES, 1))
    assert not (await books.get(HARD_TIMES)).waits_for_migration


async def test_a_frontends_book_is_marked_as_deleted_with_its_characters(
    books: SupabaseBookRepository, deployment: Deployment
) -> None:
    before = row_of(deployment, HARD_TIMES)
    for _ in range(2):
        await books.delete(HARD_TIMES)
    after = row_of(deployment, HARD_TIMES)
    assert after.pop("deleted_at")
    assert after.items() <= before.items()
    alive = "select count(*) from characters where deleted_at is null"
    assert deployment.database.run(alive).strip() == "0"
    with pytest.raises(BookNotFound):
        await books.get(HARD_TIMES)


async def test_a_book_of_ours_is_a_row_like_those_of_frontends(
    books: SupabaseBookRepository, deployment: Deployment
) -> None:
    await books.add(replace(a_new_book(), blob_key="books/9/source"), once_per_content=True)
    row = row_of(deployment, NEW)
    assert row["title"] == "A Tale: of Two “Cities”"
    assert row["slug"] == "a-tale-of-two-cities-000000000009"
    assert row["uploader_id"] == OWNER
    assert row["file_path"] == "books/9/source"
    assert row["processing_status"] == deployment.tables.status_words
    assert row["status"] in ("draft", "active")  # the deployment's own default


async def test_an_owner_whom_the_deployment_does_not_know_owns_the_book_all_the_same(
    books: SupabaseBookRepository,
) -> None:
    for number, owner in enumerate(("a0000000-0000-0000-0000-00000000000f", "a local account")):
        book = replace(
            a_new_book(OwnerId(owner)), id=BookId(f"10000000-0000-0000-0000-00000000000{number}")
        )
        await books.add(book, once_per_content=True)
        assert (await books.list(OwnerId(owner), PageRequest())).items == (book,)


async def test_a_book_of_ours_is_gone_when_it_is_deleted(
    books: SupabaseBookRepository, deployment: Deployment
) -> None:
    await books.add(a_new_book(), once_per_content=True)
    await books.delete(NEW)
    assert row_of(deployment, NEW) == {}


@pytest.mark.parametrize("names_book", [True, False])
async def test_what_people_said_to_a_book_of_ours_outlives_it(
    books: SupabaseBookRepository, deployment: Deployment, names_book: bool
) -> None:
    await books.add(a_new_book(), once_per_content=True)
    book = f"'{NEW}'" if names_book else "null"
    session, character = "50000000-0000-0000-0000-000000000009", NEW.replace("1", "c", 1)
    key = deployment.tables.session_key
    deployment.database.run(
        f"insert into characters (id, book_id, name) values ('{character}', '{NEW}', 'Amy');"
        f"insert into chat_sessions ({key}, user_id, character_id, book_id)"
        f" values ('{session}', '{OWNER}', '{character}',"
        f" {book});"
        f"insert into messages (session_id, role, content) values ('{session}', 'user', 'Amy?')"
    )
    await books.delete(NEW)
    said = f"select content from messages where session_id = '{session}'"
    assert deployment.database.run(said).strip() == "Amy?"
    assert row_of(deployment, NEW)["deleted_at"]
    with pytest.raises(BookNotFound):
        await books.get(NEW)


@pytest.mark.parametrize("book_id", [HARD_TIMES, EMMA])
async def test_a_file_that_the_frontend_puts_right_is_the_one_that_is_read(
    books: SupabaseBookRepository, deployment: Deployment, book_id: BookId
) -> None:
    await books.save(replace(await books.get(book_id), status=BookStatus.FAILED))
    right = "uploads/second-edition.epub"
    deployment.database.run(f"update books set file_path = '{right}' where id = '{book_id}'")
    book = await books.get(book_id)
    assert (book.blob_key, book.source_url) == (right, "")
