"""Books, in SQLite. The columns are those that deployments know from their own `books` table."""

import sqlite3

import aiosqlite

from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.layouts import LayoutTables
from adapters.outbound.sqlite.rows import delete_version, insert, one, update
from adapters.outbound.sqlite.values import from_json, from_time, to_json, to_time
from domain.book import Book, BookLayout, BookStatus, ContentVersion
from domain.cursor import read_cursor, write_cursor
from domain.errors import BookNotFound, StaleWrite
from domain.ids import BookId, OwnerId
from domain.page import Page, PageRequest


class SqliteBookRepository:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._layouts = LayoutTables()

    async def add(self, book: Book, *, once_per_content: bool) -> Book:
        async with self._database.write() as connection:
            there = await _row_of(connection, book.id)
            if there is None and once_per_content:
                there = await _same_content(connection, book.owner_id, book.content_hash)
            if there is not None:
                return _book(there)
            await insert(
                connection, "books", {"id": book.id, "serving": book.serving, **_row(book)}
            )
        return book

    async def get(self, book_id: BookId) -> Book:
        async with self._database.read() as connection:
            row = await _row_of(connection, book_id)
        if row is None:
            raise _not_found(book_id)
        return _book(row)

    async def find_by_content(self, owner_id: OwnerId | None, content_hash: str) -> Book | None:
        async with self._database.read() as connection:
            row = await _same_content(connection, owner_id, content_hash)
        return None if row is None else _book(row)

    async def list(self, owner_id: OwnerId | None, page: PageRequest) -> Page[Book]:
        time, book_id = read_cursor(page.cursor, 2) if page.cursor else (None, None)
        async with self._database.read() as connection:
            rows = list(
                await connection.execute_fetchall(
                    "SELECT * FROM books WHERE (:owner IS NULL OR uploader_id = :owner)"
                    " AND (:time IS NULL OR (created_at, id) < (:time, :id))"
                    " ORDER BY created_at DESC, id DESC LIMIT :limit",
                    {"owner": owner_id, "time": time, "id": book_id, "limit": page.limit + 1},
                )
            )
        books = tuple(_book(row) for row in rows[: page.limit])
        last = rows[page.limit - 1] if len(rows) > page.limit else None
        return Page(books, write_cursor(last["created_at"], last["id"]) if last else None)

    async def save(self, book: Book) -> None:
        async with self._database.write() as connection:
            if not await update(connection, "books", _row(book), {"id": book.id}):
                raise _not_found(book.id)

    async def publish(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            row = await _row_of(connection, version.book_id)
            if row is None:
                raise _not_found(version.book_id)
            if row["serving"] > version.number:
                raise StaleWrite("A newer version of the book serves already.")
            await update(connection, "books", {"serving": version.number}, {"id": version.book_id})

    async def delete(self, book_id: BookId) -> None:
        async with self._database.write() as connection:
            await connection.execute("DELETE FROM books WHERE id = ?", (book_id,))
            await connection.execute("DELETE FROM layouts WHERE book_id = ?", (book_id,))

    async def put_layout(self, version: ContentVersion, layout: BookLayout) -> None:
        async with self._database.write() as connection:
            await self._layouts.put(connection, version, layout)

    async def layout(self, version: ContentVersion) -> BookLayout:
        async with self._database.read() as connection:
            return await self._layouts.get(connection, version)

    async def delete_layout(self, version: ContentVersion) -> None:
        async with self._database.write() as connection:
            await delete_version(connection, "layouts", version)


async def _row_of(connection: aiosqlite.Connection, book_id: BookId) -> sqlite3.Row | None:
    return await one(connection, "SELECT * FROM books WHERE id = ?", (book_id,))


async def _same_content(
    connection: aiosqlite.Connection, owner_id: OwnerId | None, content_hash: str
) -> sqlite3.Row | None:
    # The second test lets SQLite use the index, which leaves out books of unknown content.
    return await one(
        connection,
        "SELECT * FROM books WHERE content_hash = ? AND content_hash <> '' AND uploader_id IS ?"
        " ORDER BY created_at, id LIMIT 1",
        (content_hash, owner_id),
    )


def _not_found(book_id: BookId) -> BookNotFound:
    return BookNotFound(f"There is no book {book_id}.")


def _row(book: Book) -> dict[str, object]:
    return {
        "uploader_id": book.owner_id,
        "title": book.title,
        "author": book.author,
        "description": book.description,
        "language": book.language,
        "file_path": book.blob_key,
        "file_name": book.file_name,
        "media_type": book.media_type,
        "source_url": book.source_url,
        "content_hash": book.content_hash,
        "processing_status": book.status,
        "failure": book.failure,
        "warnings": to_json(book.warnings),
        "total_chunks": book.total_passages,
        "created_at": from_time(book.created_at),
        "updated_at": from_time(book.updated_at),
    }


def _book(row: sqlite3.Row) -> Book:
    return Book(
        id=row["id"],
        owner_id=row["uploader_id"],
        title=row["title"],
        author=row["author"],
        content_hash=row["content_hash"],
        created_at=to_time(row["created_at"]),
        updated_at=to_time(row["updated_at"]),
        language=row["language"],
        description=row["description"],
        media_type=row["media_type"],
        file_name=row["file_name"],
        blob_key=row["file_path"],
        source_url=row["source_url"],
        status=BookStatus(row["processing_status"]),
        failure=row["failure"],
        serving=row["serving"],
        total_passages=row["total_chunks"],
        warnings=tuple(from_json(row["warnings"])),
    )
