from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from domain.ids import LOCAL_OWNER, JobId
from domain.job import Job, JobError, JobLease, JobProgress, Phase
from tests.integration.http.sse_reader import events
from tests.integration.http.world import BOOK, STRANGER_USER, THEN, World


@pytest.fixture
async def lease(world: World) -> JobLease:
    await world.jobs.enqueue(Job(JobId(str(uuid4())), BOOK, THEN, THEN, owner_id=LOCAL_OWNER))
    lease = await world.jobs.claim("worker")
    assert lease is not None
    return lease


async def test_a_job_tells_how_far_it_is(
    client: httpx.AsyncClient, world: World, lease: JobLease
) -> None:
    await world.jobs.report(lease, JobProgress(Phase.EMBED, 0.5, "5 of 10 passages"))
    told = (await client.get(f"/api/jobs/{lease.job.id}")).json()
    assert (told["state"], told["phase"], told["detail"]) == (
        "running",
        "embed",
        "5 of 10 passages",
    )
    assert 0 < told["progress"] < 1
    assert told["attempts"] == 1
    assert (await client.get("/api/jobs")).json()["items"] == [told]


async def test_a_failed_job_says_why_and_can_be_run_again(
    client: httpx.AsyncClient, world: World, lease: JobLease
) -> None:
    await world.jobs.fail(lease, JobError("encrypted_file", "It is encrypted."), retry=False)
    path = f"/api/jobs/{lease.job.id}"
    told = (await client.get(path)).json()
    assert told["error"] == {"code": "encrypted_file", "message": "It is encrypted."}
    answer = await client.post(f"{path}/retry")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")


async def test_a_job_at_work_cannot_be_run_again(
    client: httpx.AsyncClient, lease: JobLease
) -> None:
    answer = await client.post(f"/api/jobs/{lease.job.id}/retry")
    assert answer.status_code == 409
    assert answer.json()["code"] == "job_not_retryable"


async def test_a_job_at_work_is_asked_to_stop(client: httpx.AsyncClient, lease: JobLease) -> None:
    answer = await client.post(f"/api/jobs/{lease.job.id}/cancel")
    assert answer.status_code == 202
    assert answer.json()["cancel_requested"] is True


async def test_somebody_elses_job_does_not_exist(
    client: httpx.AsyncClient, lease: JobLease
) -> None:
    headers = {"X-User-Id": STRANGER_USER}
    path = f"/api/jobs/{lease.job.id}"
    answers = [
        await client.get(path, headers=headers),
        await client.get(f"{path}/events", headers=headers),
        await client.post(f"{path}/cancel", headers=headers),
        await client.post(f"{path}/retry", headers=headers),
        await client.get(f"/api/jobs/{uuid4()}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json()["code"] for answer in answers} == {"job_not_found"}
    assert (await client.get("/api/jobs", headers=headers)).json()["items"] == []


async def test_progress_is_told_live_until_the_end(
    live: httpx.AsyncClient, world: World, lease: JobLease
) -> None:
    async with live.stream("GET", f"/api/jobs/{lease.job.id}/events") as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        stream = events(answer)
        name, told, event_id = await anext(stream)
        assert (name, told["state"]) == ("progress", "running")
        assert event_id is not None
        assert event_id.isdigit()
        await world.jobs.report(lease, JobProgress(Phase.CAST, 0.5))
        name, told, _ = await anext(stream)
        assert (name, told["phase"]) == ("progress", "cast")
        await world.jobs.complete(lease)
        name, told, _ = await anext(stream)
        assert (name, told["state"], told["progress"]) == ("done", "completed", 1.0)
        assert [event async for event in stream] == []


async def test_a_stream_of_progress_ends_whole_when_the_server_stops(
    live: httpx.AsyncClient, app: FastAPI, lease: JobLease
) -> None:
    async with live.stream("GET", f"/api/jobs/{lease.job.id}/events") as answer:
        stream = events(answer)
        await anext(stream)
        app.state.streams.close()
        assert [event async for event in stream] == []
