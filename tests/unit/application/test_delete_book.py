from pathlib import Path

import pytest

from adapters.inbound.worker.job_run import JobRun
from adapters.outbound.memory.blobs import MemoryBlobStore
from adapters.outbound.memory.book_parser import MemoryBookParser
from adapters.outbound.memory.character_extractor import TaggedSpeechExtractor
from adapters.outbound.memory.personas import MemoryPersonaRepository
from application.ports.character_extractor import Extraction
from domain.book import Book, BookLayout, ContentVersion, ParsedBook
from domain.conversation import Message, MessageState, ReadingProgress, Role, Session
from domain.errors import BookNotFound, StoreUnavailable
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER, BookId, MessageId, SessionId, TurnId
from domain.job import JobError, JobLease, JobState, Phase
from domain.persona import Persona
from tests.unit.application.world import SECOND_EDITION, World, in_blocks

NAMED = BookId("named")
VERSION = ContentVersion(NAMED, 1)
EVERYWHERE = {"books", "content", "jobs", "sessions", "progress", "blobs", "prompts"}
AWAY = JobError("store_unavailable", "The disk is full.")


async def with_readers(world: World, book: Book) -> None:
    session_id, now = SessionId(f"session of {book.id}"), world.clock()
    await world.sessions.add(
        Session(
            id=session_id,
            user_id=LOCAL_OWNER,
            book_id=book.id,
            character_id=None,
            title="",
            frontier=WHOLE_BOOK,
            created_at=now,
            updated_at=now,
        )
    )
    message = Message(
        id=MessageId(f"message of {book.id}"),
        session_id=session_id,
        turn_id=TurnId("turn"),
        role=Role.USER,
        content="Who took the lamp?",
        created_at=now,
        state=MessageState.COMPLETE,
    )
    await world.sessions.append(message, fence=1)
    await world.progress.put(ReadingProgress(LOCAL_OWNER, book.id, Frontier(10), now))


def job_run(world: World, lease: JobLease) -> JobRun:
    return JobRun(
        lease,
        jobs=world.jobs,
        ingest_book=world.ingest_book,
        metrics=world.metrics,
        heartbeat_seconds=60,
    )


async def test_nothing_of_a_deleted_book_is_left(world: World) -> None:
    book = await world.ingested(book_id=NAMED)
    await with_readers(world, book)
    assert world.traces_of(NAMED) == EVERYWHERE

    await world.delete_book.delete(NAMED)

    assert world.traces_of(NAMED) == set()
    assert world.sessions.kept_messages == {}


async def test_other_books_stay_whole(world: World) -> None:
    await world.ingested(book_id=NAMED)
    other = await world.ingested(SECOND_EDITION)
    await with_readers(world, other)

    await world.delete_book.delete(NAMED)

    assert world.traces_of(other.id) == EVERYWHERE
    assert "lantern" in await world.first_found(other.id, "lantern")


async def test_a_frontends_own_file_stays_though_it_lies_beside_ours(world: World) -> None:
    theirs = f"books/{NAMED}/the-lamp.epub"
    await world.blobs.put(theirs, in_blocks(b"Theirs."))
    await world.ingested(book_id=NAMED)
    await world.delete_book.delete(NAMED)
    assert list(world.blobs.blobs) == [theirs]


async def test_an_unknown_book_is_not_found(world: World) -> None:
    with pytest.raises(BookNotFound):
        await world.delete_book.delete(NAMED)


async def test_a_book_that_never_had_a_job_can_be_deleted(world: World) -> None:
    submission = await world.upload(book_id=NAMED)
    await world.jobs.delete_of_book(submission.book.id)
    await world.delete_book.delete(NAMED)
    assert world.traces_of(NAMED) == set()


async def test_a_book_that_waits_in_the_queue_goes_with_its_job(world: World) -> None:
    await world.upload(book_id=NAMED)
    await world.delete_book.delete(NAMED)
    assert world.traces_of(NAMED) == set()
    assert await world.jobs.claim("worker") is None


async def test_the_leavings_of_a_failed_job_go_even_if_another_is_queued(world: World) -> None:
    await world.upload(book_id=NAMED)
    lease = await world.run_until_killed(Phase.EMBED)
    await world.jobs.fail(lease, AWAY, retry=False)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    assert world.content_of(VERSION)

    await world.delete_book.delete(NAMED)

    assert world.traces_of(NAMED) == set()


async def test_both_versions_of_a_book_that_is_run_again_go(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    lease = await world.run_until_killed(Phase.PUBLISH)
    await world.jobs.fail(lease, AWAY, retry=False)
    await world.delete_book.delete(NAMED)
    assert world.traces_of(NAMED) == set()


async def test_a_deletion_that_was_cut_off_can_be_asked_again() -> None:
    class Away(MemoryBlobStore):
        fails = False

        async def delete(self, prefix: str) -> None:
            if self.fails:
                raise StoreUnavailable(AWAY.message)
            await super().delete(prefix)

    world = World(blobs=(blobs := Away()))
    await world.ingested(book_id=NAMED)
    blobs.fails = True
    with pytest.raises(StoreUnavailable):
        await world.delete_book.delete(NAMED)
    blobs.fails = False

    await world.delete_book.delete(NAMED)

    assert world.traces_of(NAMED) == set()


@pytest.mark.parametrize("work_is_done", [False, True], ids=["as it begins", "before it is told"])
@pytest.mark.parametrize("phase", Phase)
async def test_a_job_whose_book_is_deleted_takes_away_what_it_writes(
    world: World, phase: Phase, work_is_done: bool
) -> None:
    await world.post_url(book_id=NAMED)
    world.fate.phase, world.fate.work_is_done = phase, work_is_done
    world.fate.act = lambda: world.delete_book.delete(NAMED)

    await job_run(world, await world.lease()).to_its_end()

    assert world.traces_of(NAMED) == {"jobs"}  # the one that was stopped
    assert not world.jobs.jobs[0].state.is_active


async def test_a_text_that_is_parsed_after_its_book_was_deleted_is_not_kept() -> None:
    class Overtaken(MemoryBookParser):
        async def parse(self, path: Path, file_name: str, media_type: str) -> ParsedBook:
            await world.delete_book.delete(NAMED)
            return await super().parse(path, file_name, media_type)

    world = World(parser=Overtaken())
    await world.upload(book_id=NAMED)
    await job_run(world, await world.lease()).to_its_end()
    assert world.traces_of(NAMED) == {"jobs"}


async def test_a_cast_that_is_found_after_its_book_was_deleted_is_not_kept() -> None:
    class Overtaken(TaggedSpeechExtractor):
        async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
            await world.delete_book.delete(NAMED)
            return await super().extract(text, layout, language)

    world = World(extractor=Overtaken())
    await world.upload(book_id=NAMED)
    await job_run(world, await world.lease()).to_its_end()
    assert world.traces_of(NAMED) == {"jobs"}


async def test_personas_written_after_their_book_was_deleted_are_not_kept() -> None:
    class Overtaken(MemoryPersonaRepository):
        async def put(self, version: ContentVersion, persona: Persona) -> None:
            if not self.personas:
                await world.delete_book.delete(NAMED)
            await super().put(version, persona)

    world = World(personas=Overtaken())
    await world.upload(book_id=NAMED)
    await job_run(world, await world.lease()).to_its_end()
    assert world.traces_of(NAMED) == {"jobs"}


async def test_a_job_whose_worker_died_clears_up_after_a_deleted_book(world: World) -> None:
    await world.upload(book_id=NAMED)
    dead = await world.run_until_killed(Phase.EMBED)
    cast = world.casts.casts[VERSION]
    await world.delete_book.delete(NAMED)
    await world.casts.put(VERSION, cast)  # written by a hand that was not yet dead
    await world.lease_runs_out()

    await job_run(world, await world.lease()).to_its_end()

    assert world.traces_of(NAMED) == {"jobs"}
    assert (await world.jobs.get(dead.job.id)).state is JobState.CANCELLED
