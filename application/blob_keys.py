"""Where a book's files lie in the blob store."""

import re

from domain.book import ContentVersion
from domain.ids import BookId

_OURS = re.compile(r"books/[^/]+/(source|cast|tokens)/")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def book_blobs(book_id: BookId) -> tuple[str, ...]:
    """The prefixes of everything that we keep for a book. A frontend may keep files of its own
    beside them, in the same bucket."""
    return _sources(book_id), _casts(book_id), _tokens(book_id)


def is_kept_for(book_id: BookId, key: str) -> bool:
    """Whether the file is ours. A book may have come with one of a frontend's own."""
    return key.startswith(f"{_sources(book_id)}/")


def may_be_read_for(book_id: BookId, key: str) -> bool:
    """Whether a book's row may name this file. It is read with our rights, and where a frontend
    lets people write that row, they could name what we keep for another book."""
    ours = key.startswith("texts/") or _OURS.match(key) is not None
    return not ours or key.startswith(tuple(f"{prefix}/" for prefix in book_blobs(book_id)))


def source_blob(book_id: BookId, content_id: str, file_name: str) -> str:
    """The file as received. `content_id` keeps one upload from overwriting another."""
    name = _UNSAFE.sub("-", file_name).strip(".-")[-80:] or "book"
    return f"{_sources(book_id)}/{content_id}/{name}"


def cast_blobs(version: ContentVersion) -> str:
    """The prefix of what a version's character extractor found beyond the cast."""
    return f"{_casts(version.book_id)}/{version.number}"


def token_blobs(version: ContentVersion) -> str:
    """The prefix of the token vectors of a version's passages."""
    return f"{_tokens(version.book_id)}/{version.number}"


def _sources(book_id: BookId) -> str:
    return f"books/{book_id}/source"


def _casts(book_id: BookId) -> str:
    return f"books/{book_id}/cast"


def _tokens(book_id: BookId) -> str:
    return f"books/{book_id}/tokens"
