import asyncio

from application.check_health import CheckHealth, Dependency, can_work
from application.ports.health import Health


class Scripted:
    def __init__(self, *, ok: bool = True) -> None:
        self._ok = ok

    async def check(self) -> Health:
        return Health("part", self._ok, "as scripted")


class Silent:
    async def check(self) -> Health:
        await asyncio.Event().wait()
        raise AssertionError


async def test_every_part_is_asked_and_told_in_the_order_given() -> None:
    parts = [Dependency("queue", Scripted()), Dependency("vectors", Scripted(ok=False))]
    found = await CheckHealth(parts).check()
    assert [(each.dependency.name, each.ok) for each in found] == [
        ("queue", True),
        ("vectors", False),
    ]


async def test_a_part_that_does_not_answer_is_told_by_its_name() -> None:
    (found,) = await CheckHealth([Dependency("queue", Silent())], patience=0.01).check()
    assert (found.ok, found.health.name) == (False, "queue")
    assert "No answer" in found.health.detail


async def test_work_goes_on_without_what_is_not_needed() -> None:
    away = Dependency("vectors", Scripted(ok=False), needed=False)
    assert can_work(await CheckHealth([Dependency("queue", Scripted()), away]).check())
    broken = Dependency("queue", Scripted(ok=False))
    assert not can_work(await CheckHealth([broken, away]).check())
