"""The commands of `falsafa`, in the order that `--help` shows them."""

import typer

from adapters.inbound.cli.add import add
from adapters.inbound.cli.cast import cast
from adapters.inbound.cli.correct import correct
from adapters.inbound.cli.demo import demo
from adapters.inbound.cli.keep import backup, doctor, restore
from adapters.inbound.cli.library import books, export, remove
from adapters.inbound.cli.migrate import migrate
from adapters.inbound.cli.models import models
from adapters.inbound.cli.reading import progress
from adapters.inbound.cli.reindex import reindex
from adapters.inbound.cli.search import search
from adapters.inbound.cli.serve import serve, worker
from adapters.inbound.cli.talk import talk

app = typer.Typer(
    name="falsafa",
    help="Talk with books: find the cast, ask, search, and never be told what you have not read.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold a reader's words
    epilog="Data lies in one folder, FALSAFA_DATA_DIR. A first try: falsafa demo FILE",
)
_COMMANDS = (
    serve,
    worker,
    add,
    books,
    cast,
    search,
    talk,
    progress,
    export,
    remove,
    backup,
    restore,
    doctor,
    reindex,
    migrate,
    demo,
)
for command in _COMMANDS:
    app.command()(command)
app.add_typer(correct)
app.add_typer(models)
