from datetime import timedelta
from uuid import UUID

from application.ports.clock import new_uuid, utc_now


def test_the_time_is_told_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


def test_new_ids_are_uuids_and_never_the_same() -> None:
    ids = {new_uuid() for _ in range(100)}
    assert len({UUID(one) for one in ids}) == 100
