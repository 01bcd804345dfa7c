from dataclasses import replace

import pytest

from domain.book import BookStatus, ContentVersion
from domain.errors import BookNotFound, EmptyBook, SourceUnavailable
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId
from domain.job import JobError, JobState, Phase
from domain.span import Span
from tests.unit.application.world import STORY, World

STORES = {
    "layout",
    "text",
    "cast",
    "personas",
    "passages",
    "vectors",
    "token vectors",
    "keywords",
}


async def test_a_book_goes_through_every_phase_and_answers(world: World) -> None:
    book = await world.ingested()

    assert (book.status, book.failure, book.serving) == (BookStatus.COMPLETED, "", 1)
    assert book.language == "en"
    assert world.content_of(ContentVersion(book.id, 1)).keys() == STORES
    assert "“Gone with the tide,”" in await world.first_found(book.id, "gone with the tide")
    (job,) = world.jobs.jobs
    assert (job.state, job.progress, job.phases_done) == (JobState.COMPLETED, 1.0, tuple(Phase))
    assert [phase for phase, _ in world.metrics.phases] == list(Phase)


async def test_the_cast_is_kept_with_its_positions(world: World) -> None:
    book = await world.ingested()
    assert book.version is not None
    cast = await world.casts.get(book.version, WHOLE_BOOK)
    text = await world.texts.slice(book.version, Span(0, len(STORY)), WHOLE_BOOK)
    assert [c.name for c in cast.characters] == ["Ada", "Bram"]
    assert [q.span.of(text) for q in cast.quotes] == [
        "Where is the lamp?",
        "Gone with the tide,",
        "Then we row after it,",
    ]
    assert await world.prompts.read(book.id, "Ada")
    assert world.metrics.extracted == 2


async def test_the_book_tells_what_was_counted(world: World) -> None:
    book = await world.ingested()
    assert book.version is not None
    assert book.total_passages == await world.passages.count(book.version) > 0
    assert await world.keywords.count(book.version) == book.total_passages


async def test_a_book_without_speech_works_with_what_it_has(world: World) -> None:
    book = await world.ingested("Chapter 1\n\nIt rained on the harbour for a year.\n")
    assert book.status is BookStatus.COMPLETED
    assert book.warnings == ("No names of people were found in this text.",)
    assert "harbour" in await world.first_found(book.id, "harbour")


async def test_a_warning_is_told_once_however_often_a_phase_is_done(world: World) -> None:
    submission = await world.upload("Chapter 1\n\nIt rained on the harbour for a year.\n")
    await world.run_until_killed(Phase.CAST, work_is_done=True)
    await world.lease_runs_out()
    await world.work()
    assert len((await world.book(submission.book.id)).warnings) == 1


async def test_while_it_is_run_a_book_is_being_processed(world: World) -> None:
    submission = await world.upload()
    await world.run_until_killed(Phase.CAST)
    assert (await world.book(submission.book.id)).status is BookStatus.PROCESSING


async def test_a_job_that_fails_tells_its_book_why(world: World) -> None:
    submission = await world.upload()
    lease = await world.lease()
    error = JobError(EmptyBook.code, "The file has no text.")

    await world.ingest_book.failed(await world.jobs.fail(lease, error, retry=False), error)

    book = await world.book(submission.book.id)
    assert (book.status, book.failure) == (BookStatus.FAILED, "The file has no text.")


async def test_a_book_without_a_file_says_so(world: World) -> None:
    submission = await world.post_url()
    lease = await world.lease()
    await world.jobs.finish_phase(lease, Phase.FETCH)
    await world.jobs.release(lease)
    with pytest.raises(SourceUnavailable, match="upload it again"):
        await world.run(await world.lease())
    assert world.content_of(ContentVersion(submission.book.id, 1)) == {}


async def test_a_row_that_names_the_file_of_another_book_is_refused(world: World) -> None:
    submission = await world.upload()
    book = await world.book(submission.book.id)
    await world.books.save(replace(book, blob_key="books/another/source/c/emma.epub"))
    with pytest.raises(SourceUnavailable, match="another book's"):
        await world.run(await world.lease())


async def test_a_job_of_an_unknown_book_finds_none(world: World) -> None:
    submission = await world.upload()
    await world.books.delete(BookId(submission.book.id))
    with pytest.raises(BookNotFound):
        await world.run(await world.lease())
