"""A worker may die anywhere: the job goes on where it was, and ends as if nothing had been."""

from collections.abc import Sequence

import pytest

from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.memory.text_model import ScriptedTextModel
from adapters.outbound.memory.token_counter import WordCounter
from adapters.outbound.memory.vector_index import MemoryVectorIndex
from application.persona_writer import PersonaWriter
from application.ports.vector_index import VectorEntry
from domain.book import BookStatus, ContentVersion
from domain.errors import JobNotRetryable, LeaseLost, ModelRefused, StoreUnavailable
from domain.ids import BookId, JobId
from domain.job import JobError, JobState, Phase
from domain.persona import PersonaOrigin
from tests.unit.application.world import SECOND_EDITION, URL, World
from tests.unit.conversation.analyst import scripted_writer

NAMED = BookId("named")
VERSION = ContentVersion(NAMED, 1)
AWAY = JobError("store_unavailable", "The disk is full.")


def times_done(world: World) -> dict[Phase, int]:
    """How often each phase did the work that shows in a fake."""
    return {
        Phase.FETCH: len(world.source.fetched),
        Phase.PARSE: len(world.parser.parsed),
        Phase.CAST: len(world.extractor.extracted),
        Phase.PERSONA: len(world.metrics.characters) // 2,  # of Ada and of Bram
        Phase.EMBED: len(world.embedder.embedded) // len(set(world.embedder.embedded)),
    }


@pytest.mark.parametrize("work_is_done", [False, True], ids=["as it begins", "before it is told"])
@pytest.mark.parametrize("phase", Phase)
async def test_a_killed_job_ends_with_the_same_ids_and_counts(
    phase: Phase, work_is_done: bool
) -> None:
    unharmed, world = World(), World()
    for each in (unharmed, world):
        submission = await each.post_url()
    await unharmed.work()
    version = ContentVersion(submission.book.id, 1)

    await world.run_until_killed(phase, work_is_done=work_is_done)
    await world.lease_runs_out()
    job = await world.work()

    assert (job.state, job.version_number, job.attempts) == (JobState.COMPLETED, 1, 2)
    assert world.content_of(version) == unharmed.content_of(version)
    assert world.content_of(ContentVersion(version.book_id, 2)) == {}
    assert len(world.blobs.blobs) == 1
    assert len(world.prompts.prompts) == 2
    book = await world.book(version.book_id)
    assert (book.status, book.serving) == (BookStatus.COMPLETED, 1)


@pytest.mark.parametrize("work_is_done", [False, True], ids=["as it begins", "before it is told"])
@pytest.mark.parametrize("phase", Phase)
async def test_what_was_done_is_not_done_again(
    world: World, phase: Phase, work_is_done: bool
) -> None:
    await world.post_url()

    await world.run_until_killed(phase, work_is_done=work_is_done)
    await world.lease_runs_out()
    await world.work()

    expected = dict.fromkeys(times_done(world), 1)
    if work_is_done and phase in expected:
        expected[phase] = 2
    assert times_done(world) == expected
    assert world.source.fetched == [URL] * expected[Phase.FETCH]


async def test_a_job_that_lacks_but_its_end_leaves_its_book_as_it_is(world: World) -> None:
    submission = await world.upload()
    await world.run(await world.lease())  # and the worker died before it could complete the job
    book = await world.book(submission.book.id)
    await world.lease_runs_out()

    assert (await world.work()).state is JobState.COMPLETED
    assert await world.book(submission.book.id) == book


async def test_progress_never_runs_backwards(world: World) -> None:
    submission = await world.upload()
    await world.run_until_killed(Phase.INDEX)
    before = (await world.jobs.get(submission.job.id)).progress
    await world.lease_runs_out()
    await world.run_until_killed(Phase.INDEX)
    assert (await world.jobs.get(submission.job.id)).progress == before > 0.9


@pytest.mark.parametrize("index", ["vectors", "keywords"])
async def test_an_index_that_was_half_written_is_written_whole(index: str) -> None:
    class HalfVectors(MemoryVectorIndex):
        fails = True

        async def upsert(self, version: ContentVersion, entries: Sequence[VectorEntry]) -> None:
            await super().upsert(version, entries[: len(entries) // 2] if self.fails else entries)
            if self.fails:
                self.fails = False
                raise StoreUnavailable(AWAY.message)

    class AwayKeywords(MemoryKeywordIndex):
        fails = True

        async def create(self, version: ContentVersion) -> None:
            await super().create(version)
            if self.fails:
                self.fails = False
                raise StoreUnavailable(AWAY.message)

    unharmed = World()
    whole = await unharmed.ingested()
    assert whole.version is not None
    world = World(vectors=HalfVectors()) if index == "vectors" else World(keywords=AwayKeywords())
    await world.upload()
    lease = await world.lease()
    with pytest.raises(StoreUnavailable):
        await world.run(lease)
    assert (await world.jobs.fail(lease, AWAY, retry=True)).state is JobState.QUEUED
    await world.clock.advance(600)

    await world.work()

    assert world.content_of(whole.version) == unharmed.content_of(whole.version)


async def test_a_worker_that_was_overtaken_writes_no_more_phases(world: World) -> None:
    await world.upload()
    stale = await world.run_until_killed(Phase.CAST)
    await world.lease_runs_out()
    await world.lease()
    with pytest.raises(LeaseLost):
        await world.run(stale)
    assert (await world.jobs.get(stale.job.id)).phases_done == (Phase.FETCH, Phase.PARSE)


class TestNewerJob:
    """One that builds the version that an earlier job of the book began."""

    async def failed_then_newer(self, world: World) -> JobId:
        """The id of the job that failed."""
        await world.upload(book_id=NAMED)
        lease = await world.run_until_killed(Phase.EMBED)
        await world.ingest_book.failed(await world.jobs.fail(lease, AWAY, retry=False), AWAY)
        await world.upload(SECOND_EDITION, book_id=NAMED)
        return lease.job.id

    async def test_finds_nothing_of_what_the_earlier_left(self, world: World) -> None:
        fresh = World()
        await fresh.ingested(SECOND_EDITION, book_id=NAMED)
        await self.failed_then_newer(world)
        await world.work()
        assert world.content_of(VERSION) == fresh.content_of(VERSION)

    async def test_is_not_undone_by_a_retry_of_the_earlier(self, world: World) -> None:
        earlier = await self.failed_then_newer(world)
        await world.work()
        content, book = world.content_of(VERSION), await world.book(NAMED)
        await world.jobs.retry(earlier)
        lease = await world.lease()

        with pytest.raises(JobNotRetryable):
            await world.run(lease)
        await world.ingest_book.failed(await world.jobs.fail(lease, AWAY, retry=False), AWAY)

        assert world.content_of(VERSION) == content
        assert await world.book(NAMED) == book

    async def test_is_not_undone_when_the_earlier_is_cancelled(self, world: World) -> None:
        earlier = await self.failed_then_newer(world)
        lease = await world.run_until_killed(Phase.PUBLISH)
        await world.jobs.fail(lease, AWAY, retry=False)
        content = world.content_of(VERSION)
        await world.jobs.retry(earlier)

        await world.cancel_job.cancel(earlier)

        assert world.content_of(VERSION) == content


async def test_personas_that_a_killed_worker_had_written_are_not_paid_for_again() -> None:
    model = ScriptedTextModel(scripted_writer)
    writer = PersonaWriter(model=model, tokens=WordCounter())
    world = World(persona_writer=writer)
    submission = await world.post_url()

    await world.run_until_killed(Phase.PERSONA, work_is_done=True)
    await world.lease_runs_out()
    await world.work()

    assert len(model.requests) == 4  # two a character
    book = await world.book(submission.book.id)
    assert book.warnings == ()
    assert {p.origin for p in world.personas.personas.values()} == {PersonaOrigin.MODEL}


async def test_personas_without_the_model_leave_the_book_whole_and_its_warnings_say_so() -> None:
    model = ScriptedTextModel([ModelRefused("The model would not.")])
    world = World(persona_writer=PersonaWriter(model=model, tokens=WordCounter()))

    book = await world.ingested()

    assert book.status is BookStatus.COMPLETED
    assert book.warnings == (
        "Composed by rule, without the language model: Ada, Bram. The model would not.",
    )
