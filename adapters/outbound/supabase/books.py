"""Books, in the `books` table that frontends share, and in ours beside it.

Of a frontend's row only `processing_status` and `total_chunks` are written: its title and author
are the frontend's own. The statements are functions in supabase/migrations, one transaction each.
"""

from adapters.outbound.supabase.book_rows import book_of, book_row
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.layouts import SupabaseLayouts
from adapters.outbound.supabase.status_words import StatusWords
from adapters.outbound.supabase.values import is_id
from domain.book import Book, BookLayout, ContentVersion
from domain.cursor import read_cursor, write_cursor
from domain.errors import BookNotFound
from domain.ids import BookId, OwnerId
from domain.page import Page, PageRequest


class SupabaseBookRepository:
    def __init__(self, client: SupabaseClient, *, status_words: StatusWords = "pending") -> None:
        self._client = client
        self._status_words = status_words
        self._layouts = SupabaseLayouts(client)

    async def add(self, book: Book, *, once_per_content: bool) -> Book:
        """Books of a given id are made by the frontend: raises BookNotFound where it has none."""
        row = book_row(book, self._status_words)
        arguments = {"the_book": row, "named": not once_per_content}
        added = await self._client.call("falsafa_add_book", arguments)
        return await self.get(BookId(added))

    async def get(self, book_id: BookId) -> Book:
        if not is_id(book_id):
            raise _not_found(book_id)
        rows = await self._client.call("falsafa_find_books", {"the_id": book_id})
        if not rows:
            raise _not_found(book_id)
        return book_of(rows[0])

    async def find_by_content(self, owner_id: OwnerId | None, content_hash: str) -> Book | None:
        arguments = {"the_owner": owner_id, "the_hash": content_hash}
        found = await self._client.call("falsafa_find_content", arguments)
        return await self.get(BookId(found)) if found else None

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Book]:
        time, book_id = read_cursor(page.cursor, 2) if page.cursor else (None, None)
        rows = await self._client.call(
            "falsafa_find_books",
            {
                "the_owner": owner_id,
                "before_time": time,
                "before_id": book_id,
                "up_to": page.limit + 1,
            },
        )
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return Page(
            tuple(map(book_of, rows[: page.limit])),
            write_cursor(last["created_at"], last["id"]) if last else None,
        )

    async def save(self, book: Book) -> None:
        row = book_row(book, self._status_words)
        await self._client.call("falsafa_save_book", {"the_book": row})

    async def publish(self, version: ContentVersion) -> None:
        arguments = {"the_book": version.book_id, "the_version": version.number}
        await self._client.call("falsafa_publish", arguments)

    async def delete(self, book_id: BookId) -> None:
        """A frontend's row is marked as deleted, which is how frontends do it; one of ours goes."""
        await self._client.call("falsafa_delete_book", {"the_book": book_id})

    async def put_layout(self, version: ContentVersion, layout: BookLayout) -> None:
        await self._layouts.put(version, layout)

    async def layout(self, version: ContentVersion) -> BookLayout:
        return await self._layouts.get(version)

    async def delete_layout(self, version: ContentVersion) -> None:
        await self._layouts.delete(version)


def _not_found(book_id: BookId) -> BookNotFound:
    return BookNotFound(f"There is no book {book_id}.")
