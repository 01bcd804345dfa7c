"""Everything that can go wrong, as one tree.

    FalsafaError
      InvalidInput            the caller can mend it
        InvalidLocator
        InvalidQuery
        UnsupportedFile
          EncryptedFile
          EmptyBook
          BrokenFile
        FileTooLarge
        ForbiddenAddress
        SourceUnavailable
      NotFound
        BookNotFound, CharacterNotFound, SessionNotFound, JobNotFound, TurnNotFound, TextNotFound,
        QuoteNotFound, CorrectionNotFound
      Conflict
        IdempotencyConflict
        SessionBusy
        FrontierMovesBack     a session's frontier moves forward unless told otherwise
        TurnAhead             a turn of pages that its session has gone back from
        JobNotRetryable
        JobFailed             the job that was waited for ended without a book
        BookNotReady
        StaleWrite            a newer holder of the lease has taken over
          LeaseLost
      Unauthorized
      Unavailable             try again later
        StoreUnavailable
        ModelUnavailable
          ModelRateLimited
          ModelTimedOut
        WorkerCrashed
      ModelFailed             the model answered, and the answer cannot be used
        ContextOverflow, ModelRefused
        ModelNotServed        an unknown model, a refused key, no credit: waiting does not help
      EmbeddingMismatch       the index was made by another model
      Misconfigured           the operator can mend it

Each has a stable snake_case `code`. A message is a plain sentence that says what to do.
Only the HTTP adapter knows which status a code becomes.
"""

from typing import ClassVar


class FalsafaError(Exception):
    """The root. `message` is safe to show to a reader; it never holds a key or a reader's words."""

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after  # seconds, where waiting helps

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders: parsing and casting run in worker processes.
        return (_rebuild, (type(self), self.message, self.retry_after))


def _rebuild(kind: type[FalsafaError], message: str, retry_after: float | None) -> FalsafaError:
    return kind(message, retry_after=retry_after)


class InvalidInput(FalsafaError):
    code = "invalid_input"


class InvalidLocator(InvalidInput):
    code = "invalid_locator"


class InvalidQuery(InvalidInput):
    code = "invalid_query"


class UnsupportedFile(InvalidInput):
    code = "unsupported_file"


class EncryptedFile(UnsupportedFile):
    code = "encrypted_file"


class EmptyBook(UnsupportedFile):
    code = "empty_book"


class BrokenFile(UnsupportedFile):
    code = "broken_file"


class FileTooLarge(InvalidInput):
    code = "file_too_large"


class ForbiddenAddress(InvalidInput):
    code = "forbidden_address"


class SourceUnavailable(InvalidInput):
    """The given URL did not give a file: refused, timed out, wrong status, too many redirects."""

    code = "source_unavailable"


class NotFound(FalsafaError):
    code = "not_found"


class BookNotFound(NotFound):
    code = "book_not_found"


class CharacterNotFound(NotFound):
    code = "character_not_found"


class SessionNotFound(NotFound):
    code = "session_not_found"


class JobNotFound(NotFound):
    code = "job_not_found"


class TurnNotFound(NotFound):
    code = "turn_not_found"


class TextNotFound(NotFound):
    code = "text_not_found"


class QuoteNotFound(NotFound):
    code = "quote_not_found"


class CorrectionNotFound(NotFound):
    code = "correction_not_found"


class Conflict(FalsafaError):
    code = "conflict"


class IdempotencyConflict(Conflict):
    code = "idempotency_conflict"


class SessionBusy(Conflict):
    code = "session_busy"


class FrontierMovesBack(Conflict):
    """A session's frontier moves forward unless it is told otherwise."""

    code = "frontier_moves_back"


class TurnAhead(Conflict):
    """A turn that could see further than its session, which has gone back since."""

    code = "turn_ahead"


class JobNotRetryable(Conflict):
    code = "job_not_retryable"


class JobFailed(Conflict):
    """Told by whoever waited for the job; the job's own code and message are in the message."""

    code = "job_failed"


class BookNotReady(Conflict):
    code = "book_not_ready"


class StaleWrite(Conflict):
    code = "stale_write"


class LeaseLost(StaleWrite):
    code = "lease_lost"


class Unauthorized(FalsafaError):
    code = "unauthorized"


class Unavailable(FalsafaError):
    code = "unavailable"


class StoreUnavailable(Unavailable):
    code = "store_unavailable"


class ModelUnavailable(Unavailable):
    code = "model_unavailable"


class ModelRateLimited(ModelUnavailable):
    code = "model_rate_limited"


class ModelTimedOut(ModelUnavailable):
    code = "model_timed_out"


class WorkerCrashed(Unavailable):
    """A worker process died: killed, out of memory, or over its time limit."""

    code = "worker_crashed"


class ModelFailed(FalsafaError):
    code = "model_failed"


class ContextOverflow(ModelFailed):
    code = "context_overflow"


class ModelRefused(ModelFailed):
    code = "model_refused"


class ModelNotServed(ModelFailed):
    """The provider does not serve this model to us; the operator can mend it, or pay."""

    code = "model_not_served"


class EmbeddingMismatch(FalsafaError):
    code = "embedding_mismatch"


class Misconfigured(FalsafaError):
    code = "misconfigured"
