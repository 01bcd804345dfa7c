from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapters.model_api import error_of_status, retry_after
from domain.errors import (
    FalsafaError,
    ModelFailed,
    ModelNotServed,
    ModelRateLimited,
    ModelTimedOut,
    ModelUnavailable,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ModelFailed),
        (401, ModelNotServed),
        (402, ModelNotServed),
        (403, ModelNotServed),
        (404, ModelFailed),
        (408, ModelTimedOut),
        (422, ModelFailed),
        (429, ModelRateLimited),
        (500, ModelUnavailable),
        (503, ModelUnavailable),
        (504, ModelTimedOut),
        (529, ModelUnavailable),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[FalsafaError]) -> None:
    assert type(error_of_status(status, {}, vendor="Jina", key="JINA_API_KEY")) is kind


def test_a_refused_key_names_its_variable() -> None:
    assert "JINA_API_KEY" in error_of_status(401, {}, vendor="Jina", key="JINA_API_KEY").message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "999999999"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00"}, 0),
    ],
)
def test_the_time_to_come_back_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_the_time_to_come_back_may_be_a_date() -> None:
    then = datetime.now(UTC) + timedelta(minutes=10)
    told = retry_after({"retry-after": format_datetime(then, usegmt=True)})
    assert told is not None
    assert 0 < told <= 600
