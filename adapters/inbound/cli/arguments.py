"""Arguments that several commands share."""

from typing import Annotated

import typer

from domain.locator import FORMS

BookArgument = Annotated[
    str, typer.Argument(metavar="BOOK", help="Words of its title, or its id.", show_default=False)
]

UpToOption = Annotated[
    str | None,
    typer.Option(
        "--up-to",
        metavar="PLACE",
        help=f"How far you have read: {FORMS}. Absent: your reading progress, else all of it.",
    ),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
