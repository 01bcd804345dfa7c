import json

import pytest

from adapters.inbound.http.problems import (
    error_classes,
    problem_of,
    status_of,
    status_of_code,
    unauthorized,
)
from domain import errors
from domain.errors import FalsafaError

OURS = {errors.FalsafaError, errors.Misconfigured}  # nothing that a caller could do


@pytest.mark.parametrize("kind", list(error_classes()), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status(kind: type[FalsafaError]) -> None:
    assert (status_of(kind) == 500) == (kind in OURS)
    assert status_of_code(kind.code) == status_of(kind)


def test_codes_are_one_an_error() -> None:
    codes = [kind.code for kind in error_classes()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.InvalidLocator, 422),
        (errors.EncryptedFile, 422),
        (errors.ForbiddenAddress, 422),
        (errors.FileTooLarge, 413),
        (errors.BookNotFound, 404),
        (errors.IdempotencyConflict, 409),
        (errors.BookNotReady, 409),
        (errors.SessionBusy, 429),
        (errors.Unauthorized, 401),
        (errors.StoreUnavailable, 503),
        (errors.WorkerCrashed, 503),
        (errors.ModelRateLimited, 502),
        (errors.ModelTimedOut, 502),
        (errors.ContextOverflow, 502),
    ],
)
def test_the_narrowest_class_decides(kind: type[FalsafaError], status: int) -> None:
    assert status_of(kind) == status


def test_an_unknown_code_is_our_fault() -> None:
    assert status_of_code("from_the_future") == 500


def test_a_problem_says_the_same_in_detail_and_error() -> None:
    problem = problem_of(errors.BookNotFound("There is no such book."), "/api/books/1")
    assert problem.media_type == "application/problem+json"
    assert json.loads(bytes(problem.body)) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such book.",
        "instance": "/api/books/1",
        "code": "book_not_found",
        "error": "There is no such book.",
    }


def test_retry_after_is_the_errors_own() -> None:
    problem = problem_of(errors.ModelRateLimited("Wait.", retry_after=12.4), "/")
    assert problem.headers["Retry-After"] == "12"


@pytest.mark.parametrize("kind", [errors.SessionBusy, errors.StoreUnavailable])
def test_where_waiting_helps_there_is_always_a_retry_after(kind: type[FalsafaError]) -> None:
    assert int(problem_of(kind("Later."), "/").headers["Retry-After"]) >= 1


def test_a_problem_can_carry_what_utf_8_cannot() -> None:
    problem = problem_of(errors.InvalidInput("bad \ud800"), "/\udcff")
    assert json.loads(bytes(problem.body))["instance"] == "/\udcff"


def test_a_missing_key_is_told_how_to_send_it() -> None:
    assert unauthorized("/api/books").headers["WWW-Authenticate"].startswith("Bearer")
