"""The words of `books.processing_status`, of which deployments have two sets."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from domain.book import BookStatus

StatusWords: TypeAlias = Literal["pending", "queued"]  # each set is named by its first word

_WORDS: Mapping[StatusWords, Mapping[BookStatus, str]] = {
    "pending": {
        BookStatus.PENDING: "pending",
        BookStatus.PROCESSING: "processing",
        BookStatus.COMPLETED: "completed",
        BookStatus.FAILED: "failed",
    },
    "queued": {
        BookStatus.PENDING: "queued",
        BookStatus.PROCESSING: "processing",
        BookStatus.COMPLETED: "success",
        BookStatus.FAILED: "failed",
    },
}
# Read whichever the deployment is set to write: one may have changed its words.
_STATUS = {word: status for words in _WORDS.values() for status, word in words.items()}


def to_word(status: BookStatus, words: StatusWords) -> str:
    return _WORDS[words][status]


def to_status(word: str | None) -> BookStatus:
    """A book that no backend has taken up may have none, or a frontend's own word."""
    return _STATUS.get(word or "", BookStatus.PENDING)
