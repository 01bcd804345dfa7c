"""Kill the process anywhere in a job, start another: the book is as if nothing had happened."""

import asyncio
import multiprocessing
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from adapters.outbound.sqlite.jobs import SqliteJobQueue
from bootstrap.container import Container
from bootstrap.settings import Settings
from domain.ids import LOCAL_OWNER, BookId, JobId
from domain.job import Job, JobState, Phase
from domain.page import PageRequest
from tests.integration.flows import doomed
from tests.integration.flows.doomed import Moment, work_to_the_end
from tests.integration.flows.processes import PATIENCE, STORY
from tests.integration.flows.web import Site
from tests.integration.quick import quick_container

BOOK = BookId("4f0c3a52-8a0a-4b7c-9a0e-2f5f3c0d1e11")
# What a version is made of. Columns that hold a time or a random mark differ from run to run.
TABLES = {
    "books": "id, title, author, language, processing_status, failure, warnings, total_chunks,"
    " serving, content_hash",
    "layouts": "book_id, version, length",
    "chapters": "*",
    "casts": "book_id, version, warnings",
    "characters": "*",
    "aliases": "*",
    "quotes": "*",
    "mentions": "*",
    "merges": "*",
    "personas": "book_id, version, character_id, number, system_prompt, through, origin, traits",
    "passages": "*",
    "vector_indices": "book_id, version, model, dimension",
    "vectors": "*",
}

Kept = dict[str, list[tuple[Any, ...]]]


def a_container(data_dir: Path, site: Site) -> Container:
    container = quick_container(Settings(data_dir=data_dir, private_hosts=site.host))
    container.jobs.override(
        providers.Singleton(SqliteJobQueue, container.database, lease_seconds=0.0)
    )
    return container


async def submitted(data_dir: Path, site: Site) -> JobId:
    container = a_container(data_dir, site)
    async with container.resources():
        submission = await container.submit_book().from_url(
            site.url("whole.md"), owner_id=LOCAL_OWNER, book_id=BOOK
        )
    return submission.job.id


async def finished(data_dir: Path, site: Site, job_id: JobId) -> Job:
    """By a process of its own: this one."""
    return await work_to_the_end(a_container(data_dir, site), job_id)


def kept(data_dir: Path) -> Kept:
    """All that stands in the tables, and the names of all files, but for what is random in them."""
    with closing(sqlite3.connect(data_dir / "falsafa.db")) as connection:
        found = {
            table: sorted(connection.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in TABLES.items()
        }
        virtual = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%' ORDER BY name"
        for (index,) in connection.execute(virtual).fetchall():
            found[index] = connection.execute(f"SELECT rowid, text FROM {index}").fetchall()
    files = [path.relative_to(data_dir) for path in data_dir.rglob("*") if path.is_file()]
    found["files"] = sorted((path.parts[0], path.suffix) for path in files)
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Kept:
    data_dir = tmp_path_factory.mktemp("undisturbed")
    job = asyncio.run(finished(data_dir, site, asyncio.run(submitted(data_dir, site))))
    assert (job.state, job.attempts) == (JobState.COMPLETED, 1)
    found = kept(data_dir)
    assert all(rows for table, rows in found.items() if table != "merges")
    return found


def exit_code_of(target: Callable[..., None], *arguments: object) -> int | None:
    # Forked from a server that has imported everything: a start takes no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([doomed.__name__, "tests.integration.flows.warm"])
    process = context.Process(target=target, args=arguments)
    process.start()
    process.join(PATIENCE)
    return process.exitcode


def killed(data_dir: Path, site: Site, job_id: JobId, phase: Phase | None, moment: Moment) -> None:
    worker = doomed.work_until_killed
    code = exit_code_of(worker, data_dir, site.host, job_id, phase, moment)
    assert code == -signal.SIGKILL


@pytest.mark.parametrize("phase", Phase)
async def test_a_job_that_is_killed_twice_in_a_phase_ends_as_if_undisturbed(
    phase: Phase, tmp_path: Path, site: Site, undisturbed: Kept
) -> None:
    job_id = await submitted(tmp_path, site)

    killed(tmp_path, site, job_id, phase, Moment.BEGUN)
    killed(tmp_path, site, job_id, phase, Moment.WRITTEN)
    job = await finished(tmp_path, site, job_id)

    assert (job.state, job.attempts) == (JobState.COMPLETED, 3)
    assert job.phases_done == tuple(Phase)
    assert kept(tmp_path) == undisturbed


async def test_half_the_vectors_are_not_added_to(
    tmp_path: Path, site: Site, undisturbed: Kept
) -> None:
    job_id = await submitted(tmp_path, site)

    killed(tmp_path, site, job_id, Phase.EMBED, Moment.HALFWAY)
    assert 0 < len(kept(tmp_path)["vectors"]) < len(undisturbed["vectors"])
    job = await finished(tmp_path, site, job_id)

    assert job.state is JobState.COMPLETED
    assert kept(tmp_path) == undisturbed


async def test_a_job_whose_worker_died_after_its_last_phase_is_only_closed(
    tmp_path: Path, site: Site, undisturbed: Kept
) -> None:
    job_id = await submitted(tmp_path, site)

    killed(tmp_path, site, job_id, None, Moment.WRITTEN)
    job = await finished(tmp_path, site, job_id)

    assert (job.state, job.attempts) == (JobState.COMPLETED, 2)
    assert kept(tmp_path) == undisturbed


async def test_a_job_that_kills_every_worker_is_failed_with_a_word_on_it(
    tmp_path: Path, site: Site
) -> None:
    job_id = await submitted(tmp_path, site)

    for _ in range(3):
        killed(tmp_path, site, job_id, Phase.PARSE, Moment.BEGUN)
    job = await finished(tmp_path, site, job_id)

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "worker_crashed"
    (book,) = kept(tmp_path)["books"]
    assert "failed" in book


@pytest.mark.parametrize(
    ("sent", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
async def test_a_command_that_is_told_to_end_gives_its_job_back_at_once(
    tmp_path: Path, sent: signal.Signals, exit_code: int
) -> None:
    assert exit_code_of(doomed.add_until_struck, tmp_path, STORY, sent) == exit_code

    container = quick_container(Settings(data_dir=tmp_path))  # with leases of the usual length
    async with container.resources():
        (job,) = (await container.jobs().list(LOCAL_OWNER, PageRequest())).items
        assert (job.state, job.attempts) == (JobState.QUEUED, 0)
        assert job.phases_done == (Phase.FETCH, Phase.PARSE)
        assert await container.jobs().claim("another worker")
