"""Show a job as it goes on: a bar for people, one line a phase for pipes."""

from collections.abc import AsyncIterator

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.inbound.cli.console import err
from domain.errors import JobFailed
from domain.job import Job, JobState, Phase

WORDS = {
    Phase.FETCH: "fetching the file",
    Phase.PARSE: "reading the text",
    Phase.CAST: "finding the cast",
    Phase.PERSONA: "writing personas",
    Phase.CHUNK: "cutting passages",
    Phase.EMBED: "embedding passages",
    Phase.INDEX: "indexing words",
    Phase.PUBLISH: "opening the book",
}


async def follow(changes: AsyncIterator[Job], title: str) -> Job:
    """Return the job when it has ended well. Raises JobFailed."""
    job = await (_as_bar(changes, title) if err.is_terminal else _as_lines(changes, title))
    if job.state is JobState.COMPLETED:
        return job
    if job.error:
        raise JobFailed(f"{job.error.message} ({job.error.code})")
    raise JobFailed("The job was cancelled.")


async def _as_bar(changes: AsyncIterator[Job], title: str) -> Job:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}", style="dim", markup=False),
    )
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task(title, total=1.0, detail="waiting for a worker")
        async for job in changes:
            phase = WORDS[job.phase] if job.phase else "waiting for a worker"
            detail = f"{phase}  {job.detail}"
            progress.update(bar, completed=job.progress, detail=detail)
        progress.update(bar, detail=job.state.value)
    return job


async def _as_lines(changes: AsyncIterator[Job], title: str) -> Job:
    """A line when a phase has ended."""
    before: Job | None = None
    err.print(f"{title}: queued", markup=False)
    async for job in changes:
        if before and before.phase and job.phase is not before.phase:
            line = f"{job.progress:4.0%}  {WORDS[before.phase]}  {before.detail}"
            err.print(line.rstrip(), markup=False)
        before = job
    err.print(f"{title}: {job.state}", markup=False)
    return job
