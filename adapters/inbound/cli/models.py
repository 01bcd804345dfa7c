"""`falsafa models fetch` and `check`: the models of the parts that do not bring their own."""

from collections.abc import Callable, Sequence

import typer
from dependency_injector.wiring import Provide, inject
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.progress import TransferSpeedColumn as SpeedColumn
from rich.table import Table
from rich.text import Text

from adapters.inbound.cli.console import cells, err, out
from adapters.inbound.cli.runtime import EXIT_FAILED, run
from application.ports.model_files import FetchProgress, ModelFile, ModelFiles

models = typer.Typer(
    name="models",
    help="Fetch and check the models that CHARACTER_EXTRACTOR=booknlp needs.",
    no_args_is_help=True,
)


@models.command()
def fetch() -> None:
    """Fetch BookNLP's models into the data folder, once; the service itself never downloads.

    FALSAFA_BOOKNLP_MODEL says which: small or big. Broken off, it goes on where it was.
    """
    if err.is_terminal:
        with Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32),
            DownloadColumn(),
            SpeedColumn(),
            console=err,
        ) as progress:
            run(lambda: _fetch(_bars(progress)), opened=False)
    else:
        run(lambda: _fetch(_lines), opened=False)
    out.print("All models are here. `falsafa models check` reads them to the last byte.")


@models.command()
def check() -> None:
    """Read every model's files, and say which are missing or damaged."""
    files = run(_check, opened=False)
    table = Table("", "file", "MB", "", box=None)
    for file in files:
        mark = Text("broken", "red") if file.fault else Text("ok", "green")
        table.add_row(mark, *cells(file.name, f"{file.size / 1e6:.1f}", file.fault))
    out.print(table)
    if any(file.fault for file in files):
        out.print("Run: falsafa models fetch")
        raise typer.Exit(EXIT_FAILED)


@inject
async def _fetch(
    tell: Callable[[FetchProgress], None], model_files: ModelFiles = Provide["model_files"]
) -> None:
    await model_files.fetch(tell)


@inject
async def _check(model_files: ModelFiles = Provide["model_files"]) -> Sequence[ModelFile]:
    return await model_files.check()


def _bars(progress: Progress) -> Callable[[FetchProgress], None]:
    bars: dict[str, TaskID] = {}

    def tell(now: FetchProgress) -> None:
        if now.file not in bars:
            bars[now.file] = progress.add_task(now.file, total=now.size)
        progress.update(bars[now.file], completed=now.fetched)

    return tell


def _lines(now: FetchProgress) -> None:
    if now.fetched == now.size:
        err.print(f"{now.file}: {now.size / 1e6:.1f} MB", markup=False)
