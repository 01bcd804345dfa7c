"""A book is run again: what serves goes on serving until the new version is whole."""

from dataclasses import replace

import pytest

from domain.book import BookStatus, ContentVersion
from domain.errors import BrokenFile, StaleWrite, StoreUnavailable
from domain.ids import BookId
from domain.job import JobError, Phase
from tests.unit.application.world import SECOND_EDITION, STORY, World, in_blocks

NAMED = BookId("named")
OLD, NEW = ContentVersion(NAMED, 1), ContentVersion(NAMED, 2)


@pytest.mark.parametrize("phase", list(Phase)[1:])
async def test_the_old_version_answers_until_the_new_is_published(
    world: World, phase: Phase
) -> None:
    await world.ingested(book_id=NAMED)
    content = world.content_of(OLD)
    await world.upload(SECOND_EDITION, book_id=NAMED)

    await world.run_until_killed(phase)

    assert (await world.book(NAMED)).serving == 1
    assert world.content_of(OLD) == content
    assert "lamp" in await world.first_found(NAMED, "where is the lamp")


async def test_when_the_new_version_serves_the_old_is_gone(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    await world.work()

    book = await world.book(NAMED)
    assert (book.serving, book.status) == (2, BookStatus.COMPLETED)
    assert world.content_of(OLD) == {}
    assert world.texts.texts == {NEW: SECOND_EDITION.strip()}
    assert "lantern" in await world.first_found(NAMED, "where is the lantern")


async def test_both_indices_are_told_which_version_serves(world: World) -> None:
    await world.ingested(book_id=NAMED)
    assert world.vectors.served == world.keywords.served == {NAMED: OLD}
    await world.upload(SECOND_EDITION, book_id=NAMED)
    await world.run_until_killed(Phase.INDEX, work_is_done=True)
    assert world.vectors.served == world.keywords.served == {NAMED: OLD}

    await world.lease_runs_out()
    await world.work()

    assert world.vectors.served == world.keywords.served == {NAMED: NEW}


async def test_an_index_that_is_away_at_the_end_is_told_when_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)

    async def away(_: ContentVersion) -> None:
        raise StoreUnavailable("The index cannot be reached.")

    with monkeypatch.context() as patched:
        patched.setattr(world.keywords, "serve", away)
        with pytest.raises(StoreUnavailable):
            await world.run(await world.lease())
    assert world.content_of(OLD) != {}

    await world.lease_runs_out()
    await world.work()
    assert world.keywords.served == {NAMED: NEW}
    assert world.content_of(OLD) == {}


async def test_a_worker_killed_between_the_versions_leaves_none_behind(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    await world.run_until_killed(Phase.PUBLISH, work_is_done=True)
    await world.lease_runs_out()
    await world.work()
    assert (await world.book(NAMED)).serving == 2
    assert world.content_of(OLD) == {}


async def test_characters_keep_their_ids_and_new_ones_get_their_own(world: World) -> None:
    before = await world.names_and_ids(await world.ingested(book_id=NAMED))
    after = await world.names_and_ids(await world.ingested(SECOND_EDITION, book_id=NAMED))
    assert before.keys() == {"Ada", "Bram"}
    assert after.keys() == {"Ada", "Cora"}
    assert after["Ada"] == before["Ada"]
    assert after["Cora"] not in before.values()


async def test_a_failed_run_leaves_the_old_version_serving(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    lease = await world.run_until_killed(Phase.EMBED)
    error = JobError(BrokenFile.code, "The file is damaged.")
    await world.ingest_book.failed(await world.jobs.fail(lease, error, retry=False), error)

    book = await world.book(NAMED)
    assert (book.status, book.failure, book.serving) == (BookStatus.FAILED, error.message, 1)
    assert "lamp" in await world.first_found(NAMED, "where is the lamp")


async def test_a_failed_run_that_is_retried_serves_in_the_end(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.upload(SECOND_EDITION, book_id=NAMED)
    lease = await world.run_until_killed(Phase.EMBED)
    error = JobError(BrokenFile.code, "The file is damaged.")
    await world.ingest_book.failed(await world.jobs.fail(lease, error, retry=False), error)

    await world.jobs.retry(lease.job.id)
    await world.work()

    book = await world.book(NAMED)
    assert (book.status, book.failure, book.serving) == (BookStatus.COMPLETED, "", 2)
    assert len(world.parser.parsed) == 2


async def test_an_older_version_never_takes_a_newer_ones_place(world: World) -> None:
    await world.ingested(book_id=NAMED)
    await world.ingested(book_id=NAMED)
    with pytest.raises(StaleWrite):
        await world.books.publish(OLD)


async def test_versions_follow_one_another_with_one_kept(world: World) -> None:
    for number, text in enumerate([STORY, SECOND_EDITION, STORY], start=1):
        book = await world.ingested(text, book_id=NAMED)
        assert book.serving == number
    assert list(world.texts.texts) == [ContentVersion(NAMED, 3)]
    assert len(world.blobs.blobs) == 1


@pytest.mark.parametrize("theirs", ["uploads/the-lamp.txt", f"books/{NAMED}/the-lamp.txt"])
@pytest.mark.parametrize("by_url", [False, True])
async def test_a_file_of_a_frontends_own_is_left_to_it(
    world: World, by_url: bool, theirs: str
) -> None:
    await world.blobs.put(theirs, in_blocks(STORY.encode()))
    book = await world.ingested(book_id=NAMED)
    await world.books.save(replace(book, blob_key=theirs))

    await (world.post_url(book_id=NAMED) if by_url else world.upload(SECOND_EDITION, book_id=NAMED))
    await world.work()

    assert (await world.book(NAMED)).blob_key != theirs
    assert theirs in world.blobs.blobs
