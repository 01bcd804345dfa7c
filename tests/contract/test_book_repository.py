import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.supabase.books import SupabaseBookRepository
from adapters.outbound.supabase.client import SupabaseClient
from application.ports.book_repository import BookRepository
from domain.book import (
    Book,
    BookLayout,
    BookStatus,
    Chapter,
    ChapterKind,
    ContentVersion,
    SourceAnchor,
)
from domain.errors import BookNotFound, InvalidInput, StaleWrite, TextNotFound
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER, BookId, OwnerId
from domain.page import PageRequest
from domain.span import Span
from tests.contract.fake_clock import START
from tests.services.older_tables import Deployment

SOMEONE_ELSE = OwnerId("00000000-0000-0000-0000-000000000002")
HASH = "ab" * 32

LAYOUT = BookLayout(
    length=300,
    chapters=(
        Chapter(0, "Title page", Span(0, 40), ChapterKind.FRONT),
        Chapter(1, "Sowing", Span(40, 180), number=1, heading=Span(40, 46), parents=("Book I",)),
        Chapter(2, "Reaping", Span(180, 300), number=2, heading=Span(180, 187)),
    ),
    anchors=(
        SourceAnchor(0, "text/title.xhtml", 0, "/html/body/h1"),
        SourceAnchor(40, "text/one.xhtml", 1, "/html/body/section/p[4]"),
    ),
)


def a_book(number: int = 1, owner_id: OwnerId | None = LOCAL_OWNER, content: str = "") -> Book:
    made = START + timedelta(seconds=number)
    return Book(
        id=BookId(f"10000000-0000-0000-0000-{number:012}"),
        owner_id=owner_id,
        title=f"Book {number}",
        author="An Author",
        content_hash=content,
        created_at=made,
        updated_at=made,
    )


class BookRepositoryContract:
    @pytest.fixture
    def books(self) -> BookRepository:
        raise NotImplementedError

    async def test_a_book_comes_back_as_it_was_added(self, books: BookRepository) -> None:
        book = replace(
            a_book(content=HASH),
            language="en",
            description="Facts — “nothing but facts”.",
            media_type="application/epub+zip",
            file_name="facts.epub",
            blob_key="books/1/source",
            source_url="https://example.org/facts.epub",
            status=BookStatus.FAILED,
            failure="It was empty.",
            total_passages=7,
            warnings=("No dialogue was found.", "Two chapters have no title."),
        )
        assert await books.add(book, once_per_content=True) == book
        assert await books.get(book.id) == book

    async def test_an_unknown_book_is_not_found(self, books: BookRepository) -> None:
        with pytest.raises(BookNotFound):
            await books.get(a_book().id)

    async def test_a_book_may_belong_to_nobody(self, books: BookRepository) -> None:
        await books.add(a_book(owner_id=None), once_per_content=True)
        assert (await books.get(a_book().id)).owner_id is None

    async def test_adding_an_id_again_gives_the_first_unchanged(
        self, books: BookRepository
    ) -> None:
        await books.add(a_book(), once_per_content=True)
        again = replace(a_book(), title="Another title")
        assert await books.add(again, once_per_content=False) == a_book()
        assert await books.get(a_book().id) == a_book()

    async def test_the_same_content_of_the_same_owner_is_one_book(
        self, books: BookRepository
    ) -> None:
        first = await books.add(a_book(1, content=HASH), once_per_content=True)
        assert await books.add(a_book(2, content=HASH), once_per_content=True) == first
        with pytest.raises(BookNotFound):
            await books.get(a_book(2).id)

    async def test_the_same_content_of_another_owner_is_another_book(
        self, books: BookRepository
    ) -> None:
        for number, owner in enumerate((LOCAL_OWNER, SOMEONE_ELSE, None)):
            book = a_book(number, owner, HASH)
            assert await books.add(book, once_per_content=True) == book

    async def test_books_of_unknown_content_are_never_the_same(self, books: BookRepository) -> None:
        await books.add(a_book(1), once_per_content=True)
        assert await books.add(a_book(2), once_per_content=True) == a_book(2)
        assert await books.find_by_content(LOCAL_OWNER, "") is None

    async def test_of_many_that_add_one_content_at_once_one_adds_it(
        self, books: BookRepository
    ) -> None:
        added = await asyncio.gather(
            *(books.add(a_book(n, content=HASH), once_per_content=True) for n in range(20))
        )
        assert len({book.id for book in added}) == 1
        assert len((await books.list(LOCAL_OWNER, PageRequest())).items) == 1

    async def test_a_book_is_found_by_owner_and_content(self, books: BookRepository) -> None:
        await books.add(a_book(1, content=HASH), once_per_content=True)
        assert await books.find_by_content(LOCAL_OWNER, HASH) == a_book(1, content=HASH)
        assert await books.find_by_content(SOMEONE_ELSE, HASH) is None
        assert await books.find_by_content(LOCAL_OWNER, "cd" * 32) is None

    async def test_of_several_books_of_one_content_the_oldest_is_found(
        self, books: BookRepository
    ) -> None:
        for number in (3, 1, 2):
            await books.add(a_book(number), once_per_content=True)
            await books.save(a_book(number, content=HASH))
        assert await books.find_by_content(LOCAL_OWNER, HASH) == a_book(1, content=HASH)

    async def test_saving_overwrites_all_but_what_serves(self, books: BookRepository) -> None:
        await books.add(a_book(), once_per_content=True)
        await books.publish(ContentVersion(a_book().id, 2))
        changed = replace(
            a_book(content=HASH), title="Found", status=BookStatus.COMPLETED, warnings=("w",)
        )
        await books.save(changed)
        assert await books.get(a_book().id) == replace(changed, serving=2)

    async def test_an_unknown_book_is_not_saved(self, books: BookRepository) -> None:
        with pytest.raises(BookNotFound):
            await books.save(a_book())

    async def test_a_new_book_serves_nothing(self, books: BookRepository) -> None:
        assert (await books.add(a_book(), once_per_content=True)).version is None

    async def test_publishing_lets_a_version_serve(self, books: BookRepository) -> None:
        await books.add(a_book(), once_per_content=True)
        await books.publish(ContentVersion(a_book().id, 1))
        await books.publish(ContentVersion(a_book().id, 3))
        assert (await books.get(a_book().id)).version == ContentVersion(a_book().id, 3)

    async def test_publishing_the_serving_version_again_changes_nothing(
        self, books: BookRepository
    ) -> None:
        await books.add(a_book(), once_per_content=True)
        for _ in range(2):
            await books.publish(ContentVersion(a_book().id, 1))
        assert (await books.get(a_book().id)).serving == 1

    async def test_an_older_version_never_takes_over(self, books: BookRepository) -> None:
        await books.add(a_book(), once_per_content=True)
        await books.publish(ContentVersion(a_book().id, 2))
        with pytest.raises(StaleWrite):
            await books.publish(ContentVersion(a_book().id, 1))
        assert (await books.get(a_book().id)).serving == 2

    async def test_an_unknown_book_is_not_published(self, books: BookRepository) -> None:
        with pytest.raises(BookNotFound):
            await books.publish(ContentVersion(a_book().id, 1))

    async def test_books_are_listed_newest_first(self, books: BookRepository) -> None:
        for number in (2, 1, 3):
            await books.add(a_book(number), once_per_content=True)
        listed = await books.list(LOCAL_OWNER, PageRequest())
        assert [b.title for b in listed.items] == ["Book 3", "Book 2", "Book 1"]
        assert listed.next_cursor is None

    async def test_an_owner_sees_only_their_books(self, books: BookRepository) -> None:
        there = (await books.list(None, PageRequest())).items
        added = [a_book(1), a_book(2, SOMEONE_ELSE), a_book(3, None)]
        for book in added:
            await books.add(book, once_per_content=True)
        assert (await books.list(SOMEONE_ELSE, PageRequest())).items == (a_book(2, SOMEONE_ELSE),)
        everybodys = (await books.list(None, PageRequest())).items
        assert everybodys == (*added[::-1], *there)

    async def test_pages_follow_one_another_without_gap_or_repeat(
        self, books: BookRepository
    ) -> None:
        same_moment = [replace(a_book(n), created_at=START) for n in range(7)]
        for book in same_moment:
            await books.add(book, once_per_content=True)
        seen, cursor, pages = [], None, 0
        while pages == 0 or cursor:
            page = await books.list(LOCAL_OWNER, PageRequest(limit=3, cursor=cursor))
            seen += [b.id for b in page.items]
            cursor, pages = page.next_cursor, pages + 1
        assert (sorted(seen), pages) == (sorted(b.id for b in same_moment), 3)

    async def test_a_page_goes_on_after_its_last_book_was_deleted(
        self, books: BookRepository
    ) -> None:
        for number in (1, 2, 3):
            await books.add(a_book(number), once_per_content=True)
        page = await books.list(LOCAL_OWNER, PageRequest(limit=2))
        await books.delete(page.items[-1].id)
        rest = await books.list(LOCAL_OWNER, PageRequest(limit=2, cursor=page.next_cursor))
        assert [b.title for b in rest.items] == ["Book 1"]

    async def test_a_cursor_we_never_gave_is_refused(self, books: BookRepository) -> None:
        with pytest.raises(InvalidInput):
            await books.list(LOCAL_OWNER, PageRequest(cursor="' OR 1=1"))

    async def test_a_layout_comes_back_as_it_was_put(self, books: BookRepository) -> None:
        version = ContentVersion(a_book().id, 1)
        await books.put_layout(version, LAYOUT)
        assert await books.layout(version) == LAYOUT
        assert await books.layout(version) == LAYOUT

    async def test_a_layout_is_replaced_as_a_whole(self, books: BookRepository) -> None:
        version = ContentVersion(a_book().id, 1)
        shorter = BookLayout(20, (Chapter(0, "All", Span(0, 20), number=1),))
        await books.put_layout(version, LAYOUT)
        await books.layout(version)
        await books.put_layout(version, shorter)
        assert await books.layout(version) == shorter

    async def test_each_version_has_its_own_layout(self, books: BookRepository) -> None:
        old, new = ContentVersion(a_book().id, 1), ContentVersion(a_book().id, 2)
        await books.put_layout(old, LAYOUT)
        with pytest.raises(TextNotFound):
            await books.layout(new)
        await books.put_layout(new, BookLayout(5, ()))
        await books.delete_layout(old)
        assert await books.layout(new) == BookLayout(5, ())
        with pytest.raises(TextNotFound):
            await books.layout(old)

    async def test_a_reader_sees_the_titles_that_they_have_met(self, books: BookRepository) -> None:
        version = ContentVersion(a_book().id, 1)
        await books.put_layout(version, LAYOUT)
        known = (await books.layout(version)).up_to(Frontier(100))
        assert [(c.title, c.span.end) for c in known] == [("Title page", 40), ("Sowing", 100)]
        assert len((await books.layout(version)).up_to(WHOLE_BOOK)) == 3

    async def test_a_deleted_book_is_forgotten_with_its_layouts(
        self, books: BookRepository
    ) -> None:
        version = ContentVersion(a_book().id, 1)
        await books.add(a_book(content=HASH), once_per_content=True)
        await books.put_layout(version, LAYOUT)
        for _ in range(2):
            await books.delete(a_book().id)
        with pytest.raises(BookNotFound):
            await books.get(a_book().id)
        with pytest.raises(TextNotFound):
            await books.layout(version)
        assert await books.find_by_content(LOCAL_OWNER, HASH) is None

    async def test_deleting_one_book_leaves_the_others(self, books: BookRepository) -> None:
        other = ContentVersion(a_book(2).id, 1)
        for number in (1, 2):
            await books.add(a_book(number), once_per_content=True)
        await books.put_layout(other, LAYOUT)
        await books.delete(a_book(1).id)
        assert await books.get(a_book(2).id) == a_book(2)
        assert await books.layout(other) == LAYOUT


class ChosenIdContract:
    """Of those who make a book of whatever id the caller chose."""

    async def test_the_same_content_may_be_kept_twice_where_the_caller_wants_it(
        self, books: BookRepository
    ) -> None:
        await books.add(a_book(1, content=HASH), once_per_content=True)
        second = a_book(2, content=HASH)
        assert await books.add(second, once_per_content=False) == second


class TestMemoryBooks(BookRepositoryContract, ChosenIdContract):
    @pytest.fixture
    def books(self) -> BookRepository:
        return MemoryBookRepository()


class TestSqliteBooks(BookRepositoryContract, ChosenIdContract):
    @pytest.fixture
    def books(self, database: Database) -> BookRepository:
        return SqliteBookRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, books: BookRepository, second_database: Database
    ) -> None:
        version = ContentVersion(a_book().id, 1)
        await books.add(a_book(content=HASH), once_per_content=True)
        await books.put_layout(version, LAYOUT)
        await books.publish(version)
        reopened = SqliteBookRepository(second_database)
        assert await reopened.get(a_book().id) == replace(a_book(content=HASH), serving=1)
        assert await reopened.layout(version) == LAYOUT

    async def test_a_layout_that_another_process_replaced_is_read_anew(
        self, books: BookRepository, second_database: Database
    ) -> None:
        version = ContentVersion(a_book().id, 1)
        await books.put_layout(version, LAYOUT)
        await books.layout(version)
        await SqliteBookRepository(second_database).put_layout(version, BookLayout(5, ()))
        assert await books.layout(version) == BookLayout(5, ())


class TestSupabaseBooks(BookRepositoryContract):
    @pytest.fixture
    def books(self, supabase: SupabaseClient) -> BookRepository:
        return SupabaseBookRepository(supabase)

    @pytest.mark.parametrize("older", [False, True])
    async def test_that_an_older_backend_had_read_it_is_remembered(
        self, books: BookRepository, older: bool
    ) -> None:
        book = replace(a_book(), older=older)
        await books.add(book, once_per_content=True)
        assert await books.get(book.id) == book

    async def test_a_book_of_a_chosen_id_is_made_by_a_frontend(self, books: BookRepository) -> None:
        with pytest.raises(BookNotFound):
            await books.add(a_book(), once_per_content=False)
        with pytest.raises(BookNotFound):
            await books.get(a_book().id)


class TestSupabaseBooksOfADeployment(BookRepositoryContract):
    """Beside the rows of a frontend, which does not know these owners."""

    @pytest.fixture
    def books(self, older_supabase: SupabaseClient, deployment: Deployment) -> BookRepository:
        return SupabaseBookRepository(older_supabase, status_words=deployment.tables.status_words)
