"""A book that another embedding model has indexed is indexed anew, and answers meanwhile."""

from itertools import count

import pytest

from application.blob_keys import cast_blobs
from application.hybrid_search import SearchRequest
from application.reindex_book import ReindexBook
from domain.book import Book, BookStatus, ContentVersion
from domain.errors import BookNotFound, BookNotReady, Conflict
from domain.ids import BookId
from domain.job import JobError, JobState, Phase
from tests.unit.application.world import SECOND_EDITION, World

NAMED = BookId("named")
FIRST, SECOND = ContentVersion(NAMED, 1), ContentVersion(NAMED, 2)
KEPT = ("layout", "text", "cast", "personas", "passages", "keywords")
STILL_TO_DO = (Phase.FETCH, Phase.CHUNK, Phase.EMBED, Phase.INDEX, Phase.PUBLISH)


def reindex_book(world: World) -> ReindexBook:
    ids = (f"reindexing-{number}" for number in count())
    return ReindexBook(
        books=world.books,
        jobs=world.jobs,
        passages=world.passages,
        embedder=world.embedder,
        vectors=world.vectors,
        metrics=world.metrics,
        clock=world.clock,
        new_id=lambda: next(ids),
        late_interaction=world.late_interaction,
    )


async def with_another_model(world: World) -> Book:
    """A book that is there, and a model chosen since that has not indexed it."""
    book = await world.ingested(book_id=NAMED)
    world.embedder.model = "other terms"
    return book


async def missing_in_search(world: World, version: ContentVersion) -> tuple[str, ...]:
    return (await world.hybrid_search.search(SearchRequest(version, "the lamp"))).degraded


async def test_it_is_searched_by_meaning_again(world: World) -> None:
    await with_another_model(world)
    assert await missing_in_search(world, FIRST)

    done = await reindex_book(world).reindex(NAMED)
    job = await world.work()

    assert done.created
    assert (job.id, job.state) == (done.job.id, JobState.COMPLETED)
    book = await world.book(NAMED)
    assert (book.serving, book.status) == (2, BookStatus.COMPLETED)
    assert await missing_in_search(world, SECOND) == ()


async def test_all_but_the_vectors_is_as_it_was(world: World) -> None:
    await with_another_model(world)
    before = world.content_of(FIRST)
    names = await world.names_and_ids(await world.book(NAMED))
    world.blobs.blobs[f"{cast_blobs(FIRST)}/quotes.json"] = b"[]"

    await reindex_book(world).reindex(NAMED)
    await world.work()

    after = world.content_of(SECOND)
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert await world.names_and_ids(await world.book(NAMED)) == names
    assert world.content_of(FIRST) == {}
    assert [key for key in world.blobs.blobs if "/cast/" in key] == [
        f"{cast_blobs(SECOND)}/quotes.json"
    ]


async def test_nothing_is_read_or_written_a_second_time(world: World) -> None:
    await with_another_model(world)
    parsed, extracted = len(world.parser.parsed), len(world.extractor.extracted)
    personas = len(world.metrics.characters)

    await reindex_book(world).reindex(NAMED)
    await world.work()

    assert (len(world.parser.parsed), len(world.extractor.extracted)) == (parsed, extracted)
    assert len(world.metrics.characters) == personas


@pytest.mark.parametrize("work_is_done", [False, True], ids=["as it begins", "before it is told"])
@pytest.mark.parametrize("phase", STILL_TO_DO)
async def test_killed_anywhere_it_goes_on_and_the_old_version_answers_until_then(
    phase: Phase, work_is_done: bool
) -> None:
    unharmed, world = World(), World()
    for each in (unharmed, world):
        await with_another_model(each)
        await reindex_book(each).reindex(NAMED)
    old = world.content_of(FIRST)
    await unharmed.work()

    await world.run_until_killed(phase, work_is_done=work_is_done)
    if not (phase is Phase.PUBLISH and work_is_done):
        assert (await world.book(NAMED)).serving == 1
        assert world.content_of(FIRST) == old
    await world.lease_runs_out()
    job = await world.work()

    assert (job.state, job.version_number, job.attempts) == (JobState.COMPLETED, 2, 2)
    assert world.content_of(SECOND) == unharmed.content_of(SECOND)
    assert world.content_of(FIRST) == {}


async def test_what_a_failed_job_left_is_not_taken_for_the_book(world: World) -> None:
    await with_another_model(world)
    text = world.content_of(FIRST)["text"]
    await world.upload(SECOND_EDITION, book_id=NAMED)
    lease = await world.run_until_killed(Phase.EMBED)
    away = JobError("store_unavailable", "The disk is full.")
    await world.ingest_book.failed(await world.jobs.fail(lease, away, retry=False), away)
    assert world.content_of(SECOND)["text"] != text

    await reindex_book(world).reindex(NAMED)
    await world.work()

    assert world.content_of(SECOND)["text"] == text


async def test_a_cancelled_one_leaves_what_serves(world: World) -> None:
    await with_another_model(world)
    old = world.content_of(FIRST)
    done = await reindex_book(world).reindex(NAMED)

    await world.cancel_job.cancel(done.job.id)

    assert world.content_of(FIRST) == old
    assert world.content_of(SECOND) == {}
    assert (await world.book(NAMED)).status is BookStatus.COMPLETED


async def test_a_cancelled_one_that_is_retried_reads_the_file_again(world: World) -> None:
    await with_another_model(world)
    done = await reindex_book(world).reindex(NAMED)
    await world.cancel_job.cancel(done.job.id)
    await world.jobs.retry(done.job.id)

    assert (await world.work()).state is JobState.COMPLETED
    assert await missing_in_search(world, SECOND) == ()


async def test_a_busy_book_answers_with_its_job(world: World) -> None:
    await with_another_model(world)
    busy = await world.upload(SECOND_EDITION, book_id=NAMED)

    done = await reindex_book(world).reindex(NAMED)

    assert (done.job.id, done.created) == (busy.job.id, False)
    assert (await reindex_book(world).reindex(NAMED)).job.id == busy.job.id


async def test_a_book_whose_job_is_being_stopped_has_to_wait(world: World) -> None:
    await with_another_model(world)
    busy = await world.upload(SECOND_EDITION, book_id=NAMED)
    await world.lease()
    await world.jobs.cancel(busy.job.id)

    with pytest.raises(Conflict):
        await reindex_book(world).reindex(NAMED)


async def test_a_book_without_a_text_is_not_ready(world: World) -> None:
    await world.upload(book_id=NAMED)
    with pytest.raises(BookNotReady):
        await reindex_book(world).reindex(NAMED)
    with pytest.raises(BookNotFound):
        await reindex_book(world).reindex(BookId("nowhere"))


class TestOutdated:
    async def outdated(self, world: World) -> list[BookId]:
        return [book.id async for book in reindex_book(world).outdated()]

    async def test_a_book_that_fits_is_not(self, world: World) -> None:
        await world.ingested(book_id=NAMED)
        assert await self.outdated(world) == []

    async def test_one_of_another_model_is_until_it_is_indexed_anew(self, world: World) -> None:
        await with_another_model(world)
        assert await self.outdated(world) == [NAMED]
        await reindex_book(world).reindex(NAMED)
        await world.work()
        assert await self.outdated(world) == []

    async def test_one_whose_vectors_are_lost_is(self, world: World) -> None:
        await world.ingested(book_id=NAMED)
        await world.vectors.delete(FIRST)
        assert await self.outdated(world) == [NAMED]

    async def test_one_without_token_vectors_is_until_it_is_indexed_anew(
        self, world: World
    ) -> None:
        await world.ingested(book_id=NAMED)
        await world.token_vectors.delete(FIRST)
        assert await self.outdated(world) == [NAMED]
        await reindex_book(world).reindex(NAMED)
        await world.work()
        assert await self.outdated(world) == []
        assert await world.late_interaction.has(SECOND)

    async def test_one_that_does_not_serve_is_not(self, world: World) -> None:
        await world.upload(book_id=NAMED)
        assert await self.outdated(world) == []
