"""`falsafa`, and `python -m bootstrap`: the command line, wired."""

import sys

from adapters.inbound.cli.app import app
from adapters.inbound.cli.console import err
from bootstrap.container import Container
from bootstrap.logging import configure_logging
from bootstrap.settings import load_settings
from domain.errors import Misconfigured


def main() -> None:
    try:
        settings = load_settings()
    except Misconfigured as error:
        err.print(f"cannot start: {error.message}", style="red", markup=False)
        sys.exit(2)
    configure_logging("warning", "text")  # a command's own output is its progress
    container = Container(settings=settings)
    container.wire(packages=["adapters.inbound.cli"])
    app()


if __name__ == "__main__":
    main()
