"""`falsafa backup`, `restore` and `doctor`: the data folder and its health."""

from pathlib import Path
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.table import Table
from rich.text import Text

from adapters.inbound.cli.console import cells, out
from adapters.inbound.cli.runtime import EXIT_FAILED, run
from application.check_health import CheckHealth, DependencyHealth
from application.ports.maintenance import Maintenance


def backup(
    target: Annotated[Path, typer.Argument(help="The archive to write; it must not exist yet.")],
) -> None:
    """Write everything (books, casts, indices, conversations) to one archive.

    It is consistent also while a server is running.
    """
    written = run(lambda: _backup(target))
    out.print(f"Backed up to {written}", markup=False)


def restore(
    archive: Annotated[Path, typer.Argument(help="What `falsafa backup` wrote.", exists=True)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite what the data folder holds now.")
    ] = False,
) -> None:
    """Fill the data folder from an archive. Stop the server first."""
    run(lambda: _restore(archive, replace), opened=False)
    out.print("Restored. `falsafa books` lists what is there.")


def doctor() -> None:
    """Check every part that Falsafa stands on, and say what to mend."""
    results = run(_check)
    table = Table("", "part", "what it is", "ms", box=None)
    for found in results:
        latency = f"{found.health.latency_ms:.0f}"
        table.add_row(_mark(found), *cells(found.dependency.name, found.health.detail, latency))
    out.print(table)
    if not all(found.ok for found in results):
        raise typer.Exit(EXIT_FAILED)


def _mark(found: DependencyHealth) -> Text:
    if found.ok:
        return Text("ok", "green")
    return Text("broken", "red") if found.dependency.needed else Text("away", "yellow")


@inject
async def _backup(target: Path, maintenance: Maintenance = Provide["maintenance"]) -> Path:
    return await maintenance.backup(target)


@inject
async def _restore(
    archive: Path, replace: bool, maintenance: Maintenance = Provide["maintenance"]
) -> None:
    await maintenance.restore(archive, replace=replace)


@inject
async def _check(diagnosis: CheckHealth = Provide["diagnosis"]) -> list[DependencyHealth]:
    return await diagnosis.check()
