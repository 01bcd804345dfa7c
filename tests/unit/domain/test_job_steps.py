import pytest

from domain import job_steps
from domain.ids import BookId, JobId
from domain.job import Job, JobState
from domain.job_steps import FIRST_PAUSE, LONGEST_PAUSE, pause_before
from tests.contract.fake_clock import START

# What the steps make of a job is told by the contract of the queue; here what it cannot see.


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [pause_before(attempt, jitter=1.0) for attempt in range(2, 12)]
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


@pytest.mark.parametrize("attempt", [2, 5, 50])
def test_chance_takes_off_at_most_half_of_a_pause(attempt: int) -> None:
    assert pause_before(attempt, jitter=0.0) == pause_before(attempt, jitter=1.0) / 2


def test_asking_twice_to_stop_is_asking_once() -> None:
    running = Job(JobId("job"), BookId("book"), START, START, state=JobState.RUNNING)
    asked = job_steps.cancel_asked(running, START)
    assert job_steps.cancel_asked(asked, START) is asked
