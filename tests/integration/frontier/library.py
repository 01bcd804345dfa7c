"""A library of books whose owners' pages are full of later names: what a frontier has to hide."""

import ast
import asyncio
import csv
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import FastAPI

from adapters.inbound.http import middleware, routers
from adapters.inbound.http.app import create_app
from bootstrap.container import Container
from bootstrap.settings import Settings
from domain.book import Book, BookLayout, ContentVersion
from domain.cast import AttributionKind, Cast, Character, MentionKind, Quote
from domain.corrections import (
    CharacterAnchor,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
)
from domain.frontier import WHOLE_BOOK
from domain.ids import LOCAL_OWNER, BookId
from domain.span import Span
from tests.integration.cli.command_line import CommandLine
from tests.integration.flows.processes import STORY
from tests.integration.frontier.recording import RecordingModel
from tests.integration.frontier.secrets import Secrets
from tests.integration.quick import quick_container

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR", "")
FRONTIERS = (0.02, 0.075, 0.15, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 0.97)  # shares of the text


@dataclass(frozen=True, slots=True)
class Source:
    file: Path
    noted: Path | None = None  # a folder of the Project Dialogism Novel Corpus


def sources() -> dict[str, Source]:
    """Two EPUBs and three annotated novels where they are at hand, else the example."""
    if not EVAL_DIR:
        return {"example": Source(STORY)}
    books, corpus = Path(EVAL_DIR, "books"), Path(EVAL_DIR, "pdnc-dev")
    found = {
        "hard-times.epub": Source(books / "hard-times.epub", corpus / "HardTimes"),
        "the-sign-of-the-four.epub": Source(
            books / "the-sign-of-the-four.epub", corpus / "TheSignOfTheFour"
        ),
    }
    for novel in ("HardTimes", "TheSignOfTheFour", "ARoomWithAView"):
        found[novel] = Source(corpus / novel / "novel_text.txt", corpus / novel)
    return found


@dataclass(frozen=True, slots=True, repr=False)  # a whole cast would be in it
class Shelved:
    """A book of the library, with all that nobody may be told before its time."""

    data_dir: Path  # of a library with no other book
    book: Book
    source: Source
    layout: BookLayout
    cast: Cast  # as it was put
    secrets: Secrets

    @property
    def version(self) -> ContentVersion:
        assert self.book.version is not None
        return self.book.version

    def offsets(self) -> list[int]:
        """Ten frontiers: anywhere in a word, and one at the end of a chapter."""
        places = [round(share * self.layout.length) for share in FRONTIERS]
        chapter = self.layout.chapter_at(places[4])
        assert chapter is not None
        return [*places[:4], chapter.span.end, *places[5:]]


def add(command_line: CommandLine, source: Source) -> BookId:
    added = command_line("add", str(source.file))
    assert added.exit_code == 0, added.output
    ready = re.search(r"is ready\. \((\S+)\)", added.stdout)
    assert ready is not None, added.output
    return BookId(ready[1])


@contextmanager
def wired(container: Container) -> Iterator[FastAPI]:
    container.wire(packages=[routers, middleware])
    try:
        yield create_app(container.http_config())
    finally:
        container.unwire()


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[tuple[Container, RecordingModel]]:
    container = quick_container(Settings.model_validate({"data_dir": data_dir}))
    model = RecordingModel(container.chat_model())
    container.chat_model.override(model)
    async with container.resources():
        yield container, model


def noted_names(folder: Path | None) -> set[str]:
    """Those that the annotators list: each a name by which the text calls somebody."""
    if folder is None:
        return set()
    with (folder / "character_info.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["Main Name"] for row in rows}
    for row in rows:
        names.update(map(str, ast.literal_eval(row["Aliases"])))
    return names


async def filled(container: Container, book_id: BookId) -> None:
    """The book's own pages, its corrections and its warnings name those who come last."""
    books, casts = container.books(), container.casts()
    book = await books.get(book_id)
    assert book.version is not None
    cast = await casts.whole(book.version)
    last = _last_met(cast)
    names = ", ".join(c.name for c in last)
    await books.save(
        replace(
            book,
            description=f"The story of {names}.",
            warnings=(*book.warnings, f"Composed by rule: {names}.", "A plain warning."),
        )
    )
    correct = container.correct_cast()
    line = cast.quotes[-1]
    for change in (
        RenameCharacter(CharacterAnchor(last[0].id), last[0].aliases[-1].text),
        ReattributeQuote(QuoteAnchor(line.id), CharacterAnchor(last[0].id), alone=True),
    ):
        await correct.correct(book_id, change, LOCAL_OWNER)


def taken_in(command_line: CommandLine, source: Source) -> Shelved:
    """The book in a library of its own, its owner's pages full of its last people's names."""
    book_id = add(command_line, source)
    return asyncio.run(_shelved(command_line.data_dir, book_id, source))


async def _shelved(data_dir: Path, book_id: BookId, source: Source) -> Shelved:
    async with opened(data_dir) as (container, _):
        await filled(container, book_id)
        book = await container.books().get(book_id)
        assert book.version is not None
        layout = await container.books().layout(book.version)
        cast = await container.casts().whole(book.version)
        whole = Span(0, layout.length)
        text = await container.texts().slice(book.version, whole, WHOLE_BOOK)
    secrets = Secrets.of(text, layout, cast, noted_names(source.noted))
    return Shelved(data_dir, book, source, layout, cast, secrets)


def _last_met(cast: Cast) -> list[Character]:
    speaking = [c for c in cast.characters if c.quote_count] or list(cast.characters)
    return sorted(speaking, key=lambda c: -c.known_from)[:3]


def without_later_pages(cast: Cast, offset: int) -> Cast:
    """The cast of a book of which nobody has seen more than this."""
    late = {(c.id, a.text) for c in cast.characters for a in c.aliases if a.known_from > offset}
    people = {c.id for c in cast.characters if c.known_from <= offset}
    untold = {c.id for c in cast.characters if c.is_narrator and c.narrator_known_from > offset}

    def is_told(quote: Quote) -> bool:
        by_name = quote.attribution is AttributionKind.EXPLICIT
        return quote.known_from <= offset and (by_name or quote.speaker_id not in untold)

    mentions = tuple(
        m
        for m in cast.mentions
        if m.span.end <= offset
        and (m.character_id, m.alias) not in late
        and not (m.character_id in untold and m.kind is MentionKind.PRONOUN)
    )
    firsts = {m.character_id: m.span for m in reversed(mentions)}
    return replace(
        cast,
        characters=tuple(
            replace(
                c,
                name="" if (c.id, c.name) in late else c.name,
                aliases=tuple(a for a in c.aliases if a.known_from <= offset),
                first_mention=firsts.get(c.id, c.first_mention),
                gender=c.gender if c.gender_known_from <= offset else None,
                gender_known_from=c.gender_known_from if c.gender_known_from <= offset else 0,
                is_narrator=c.is_narrator and c.id not in untold,
                mention_count=0,
                quote_count=0,
            )
            for c in cast.characters
            if c.id in people
        ),
        quotes=tuple(
            replace(
                q,
                speaker_id=q.speaker_id if is_told(q) else None,
                confidence=q.confidence if is_told(q) else 0.0,
                addressee_ids=tuple(
                    a
                    for a in q.addressee_ids
                    if a in people - untold and q.addressees_known_from <= offset
                ),
            )
            for q in cast.quotes
            if q.span.end <= offset
        ),
        mentions=mentions,
        merges=tuple(m for m in cast.merges if m.known_from <= offset),
    )
