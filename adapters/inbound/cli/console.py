"""Where the command line writes: results to standard output, all else to standard error."""

import json
import sys

from rich.console import Console
from rich.text import Text

PIPED_WIDTH = 1000  # characters: in a pipe a row of a table is one line, whatever is in it

# Piped, rich drops colours by itself; soft_wrap keeps a line of output one line.
out = Console(soft_wrap=True, highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def show_json(data: object) -> None:
    """Past rich: laying out the JSON of a novel would take longer than making it."""
    print(json.dumps(data, ensure_ascii=False, indent=2), file=out.file)


def cells(*texts: str) -> list[Text]:
    """Of a table. A title may hold square brackets, which are markup where they are not text."""
    return [Text(text) for text in texts]


def show_error(code: str, message: str) -> None:
    err.print(f"[red]error[/red] ({code}): ", end="")
    err.print(message, markup=False)
