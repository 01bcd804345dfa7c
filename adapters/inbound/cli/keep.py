"""`falsafa backup`, `restore` and `doctor`: the data folder and its health."""

from pathlib import Path
from typing import Annotated

import typer
from dependency_injector.wiring import Provide, inject
from rich.table import Table
from rich.text import Text

from adapters.inbound.cli.console import cells, out
from adapters.inbound.cli.runtime import EXIT_FAILED, run
from application.ports.health import Health, HealthCheck
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
    for health in results:
        mark = Text("ok", "green") if health.ok else Text("broken", "red")
        table.add_row(mark, *cells(health.name, health.detail, f"{health.latency_ms:.0f}"))
    out.print(table)
    if not all(health.ok for health in results):
        raise typer.Exit(EXIT_FAILED)


@inject
async def _backup(target: Path, maintenance: Maintenance = Provide["maintenance"]) -> Path:
    return await maintenance.backup(target)


@inject
async def _restore(
    archive: Path, replace: bool, maintenance: Maintenance = Provide["maintenance"]
) -> None:
    await maintenance.restore(archive, replace=replace)


@inject
async def _check(health_checks: list[HealthCheck] = Provide["health_checks"]) -> list[Health]:
    return [await check.check() for check in health_checks]
