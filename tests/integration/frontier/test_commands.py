"""Nothing past the frontier comes out of any command: the walk is made from the command line's own
parser."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import typer.main
from dependency_injector import providers
from typer.testing import CliRunner, Result

from adapters.inbound.cli.app import app
from application.ports.clock import utc_now
from bootstrap.container import Container
from domain.cast import Cast
from domain.conversation import ReadingProgress
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import LOCAL_OWNER
from tests.integration.frontier.library import Shelved, opened
from tests.integration.frontier.recording import RecordingModel

# Commands that are not walked, and why.
NOT_WALKED = {
    "serve": "serves the routes, which have a walk of their own",
    "worker": "takes books in, and tells no reader of them",
    "add": "a book's first reading; what it prints of a known one is what get_book tells",
    "books": "titles, authors and numbers of passages: a book's cover and thickness",
    "remove": "prints the title alone",
    "backup": "prints the archive's name alone",
    "restore": "prints nothing of a book",
    "doctor": "prints nothing of a book",
    "reindex": "prints titles and numbers of passages alone",
    "migrate": "prints titles alone",
    "demo": "takes a file in and shows all of it",
    "models fetch": "prints nothing of a book",
    "models check": "prints nothing of a book",
}


@dataclass(frozen=True, slots=True, repr=False)  # asyncio's runners ask for it
class Reader:
    shelved: Shelved
    offset: int
    known: Cast

    @property
    def name(self) -> str:
        """Of somebody whom the reader has met."""
        return self.known.characters[0].name if self.known.characters else "Nobody"

    @property
    def stranger(self) -> str:
        """Somebody whom the reader would meet next, by a name that nobody known has a part of."""
        met = " ".join(a.text.casefold() for c in self.known.characters for a in c.aliases)
        names = (
            a.text
            for c in sorted(self.shelved.cast.characters, key=lambda c: c.known_from)
            for a in c.aliases
            if a.known_from > self.offset and a.text.casefold() not in met
        )
        return next(names, "Quillfeather")


Arguments = Callable[[Reader], list[tuple[str, ...]]]

# What follows the book of each command that takes one.
WALKED: dict[str, Arguments] = {
    "cast": lambda reader: [(), ("--json",), ("--scenes",)],
    "search": lambda reader: [(f"{reader.stranger} and the house", "--json")],
    "talk": lambda reader: [
        ("--say", "Who else is there?"),
        ("--with", reader.name, "--say", "Who else is there?"),
    ],
    "export": lambda reader: [()],
    "progress": lambda reader: [(f"offset:{reader.offset}",), ()],
    "correct list": lambda reader: [(), ("--json",)],
    "correct undo": lambda reader: [("00000000",)],
    "correct merge": lambda reader: [("Quillfeather", reader.name)],
    "correct split": lambda reader: [(reader.name, "Quillfeather")],
    "correct rename": lambda reader: [("Quillfeather", "Quillfeather")],
    "correct narrator": lambda reader: [("Quillfeather",)],
    "correct quote": lambda reader: [("the", "--nobody", "--at", "0")],
}
ANSWERING = {
    "cast",
    "search",
    "talk",
    "export",
    "progress",
    "correct list",
}  # the others find nobody
# The same of somebody who has not come yet: answered as of nobody.
STRANGE: dict[str, Arguments] = {
    "talk": lambda reader: [("--with", reader.stranger, "--say", "Hello")],
    "correct merge": lambda reader: [(reader.stranger, reader.name)],
    "correct split": lambda reader: [(reader.stranger, reader.stranger)],
    "correct rename": lambda reader: [(reader.stranger, "Quillfeather")],
    "correct narrator": lambda reader: [(reader.stranger,)],
}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """`command`: as the parser has it, a group or a single one."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, (*path, name))
    if not hasattr(command, "commands"):
        yield " ".join(path)


class Falsafa:
    """All commands in one process, over one library that stays open: here it is not looked at how
    they start and end."""

    def __init__(self, container: Container, model: RecordingModel, loop: asyncio.Runner) -> None:
        self._container = container
        self._model = model
        self._loop = loop
        self._runner = CliRunner()

    def __call__(self, arguments: list[str]) -> Result:
        with patch.object(asyncio, "run", self._loop.run):
            result = self._runner.invoke(app, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def given(self) -> list[str]:
        """All that a language model was given since the last time it was asked for."""
        return list(self._model.given())

    def reader_at(self, shelved: Shelved, offset: int, *, is_kept: bool) -> Reader:
        return self._loop.run(self._reader(shelved, offset, is_kept))

    async def _reader(self, shelved: Shelved, offset: int, is_kept: bool) -> Reader:
        reached = Frontier(offset) if is_kept else WHOLE_BOOK
        await self._container.reading_progress().put(
            ReadingProgress(LOCAL_OWNER, shelved.book.id, reached, utc_now())
        )
        return Reader(
            shelved, offset, await self._container.casts().get(shelved.version, Frontier(offset))
        )


@contextmanager
def command_line(shelved: Shelved) -> Iterator[Falsafa]:
    with asyncio.Runner() as loop:
        library = opened(shelved.data_dir)
        container, model = loop.run(library.__aenter__())
        container.resources.override(providers.Object(nullcontext()))
        container.wire(packages=["adapters.inbound.cli"])
        try:
            yield Falsafa(container, model, loop)
        finally:
            container.unwire()
            loop.run(library.__aexit__(None, None, None))


def test_every_command_is_walked_or_justified() -> None:
    commands = set(leaves(typer.main.get_command(app)))
    assert commands == WALKED.keys() | NOT_WALKED.keys()


def test_no_command_tells_what_lies_past_the_frontier(shelved: Shelved) -> None:
    with command_line(shelved) as falsafa:
        leaks = list(leaks_of(falsafa, shelved))
    assert not leaks, "\n".join(map(str, leaks[:40]))


def leaks_of(falsafa: Falsafa, shelved: Shelved) -> Iterator[object]:
    for place, offset in enumerate(shelved.offsets()):
        says_so = place % 2 == 0
        reader = falsafa.reader_at(shelved, offset, is_kept=not says_so)
        secrets = shelved.secrets.after(offset, shelved.book.title, shelved.book.author)
        for command, arguments in WALKED.items():
            for more in asked_at(place, command, arguments(reader)):
                result = falsafa(line_of(command, reader, more, says_so=says_so))
                assert result.exit_code in ((0,) if command in ANSWERING else (2, 3)), result.output
                texts = [*result.stdout.splitlines(), *result.stderr.splitlines()]
                texts += falsafa.given()
                if names := secrets.told_by(texts, asked=more):
                    yield offset, command, more, sorted(names)[:5]


def test_whom_a_reader_has_not_met_is_nobody_to_any_command(shelved: Shelved) -> None:
    with command_line(shelved) as falsafa:
        reader = falsafa.reader_at(shelved, shelved.offsets()[0], is_kept=False)
        for command, arguments in STRANGE.items():
            for more in arguments(reader):
                nobody = tuple(word.replace(reader.stranger, "Nobody At All") for word in more)
                late, never = (
                    falsafa(line_of(command, reader, words, says_so=True))
                    for words in (more, nobody)
                )
                assert late.exit_code == never.exit_code != 0, (late.output, never.output)
                assert late.output.replace(reader.stranger, "Nobody At All") == never.output


def asked_at(place: int, command: str, ways: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Every command that answers at every frontier, its ways by turns; the others, which have but a
    sentence to say, at two of them: a command takes a while to begin."""
    if command in ANSWERING:
        return [ways[place % len(ways)]]
    return ways if place in (1, 6) else []


def line_of(command: str, reader: Reader, more: tuple[str, ...], *, says_so: bool) -> list[str]:
    """`--up-to` stands with the book, of whom it is asked."""
    group, _, inner = command.partition(" ")
    frontier = ["--up-to", f"offset:{reader.offset}"] if says_so else []
    if command == "progress":
        frontier = []
    return [group, *frontier, reader.shelved.book.id, *([inner] if inner else []), *more]
