"""Books as rows."""

from adapters.outbound.supabase.client import Row
from adapters.outbound.supabase.status_words import StatusWords, to_status, to_word
from adapters.outbound.supabase.values import from_time, is_id, storable, to_time
from domain.book import Book


def book_row(book: Book, status_words: StatusWords) -> Row:
    return {
        "id": book.id,
        "owner_id": book.owner_id,
        # Only a user of the deployment can stand in its column.
        "uploader_id": book.owner_id if book.owner_id and is_id(book.owner_id) else None,
        "title": storable(book.title),
        "author": storable(book.author),
        "description": storable(book.description),
        "language": book.language,
        "content_hash": book.content_hash,
        "blob_key": book.blob_key,
        "file_name": storable(book.file_name),
        "media_type": storable(book.media_type),
        "source_url": book.source_url,
        "processing_status": to_word(book.status, status_words),
        "failure": storable(book.failure),
        "warnings": [storable(warning) for warning in book.warnings],
        "total_chunks": book.total_passages,
        "older": book.older,
        "created_at": from_time(book.created_at),
        "updated_at": from_time(book.updated_at),
    }


def book_of(row: Row) -> Book:
    return Book(
        id=row["id"],
        owner_id=row["owner_id"],
        title=row["title"],
        author=row["author"],
        content_hash=row["content_hash"],
        created_at=to_time(row["created_at"]),
        updated_at=to_time(row["updated_at"]),
        language=row["language"],
        description=row["description"],
        media_type=row["media_type"],
        file_name=row["file_name"],
        blob_key=row["blob_key"],
        source_url=row["source_url"],
        status=to_status(row["processing_status"]),
        failure=row["failure"],
        serving=row["serving"],
        total_passages=row["total_chunks"],
        warnings=tuple(row["warnings"]),
        older=row["older"],
    )
