"""A book, its chapters, and where its text came from."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from domain.frontier import Frontier
from domain.ids import BookId, OwnerId
from domain.span import Span

# Titles of pages that tell of an edition, not of what stands in the book.
_OF_EDITION = re.compile(
    r"(cover|(half[- ]?)?title)( ?page)?|imprint|colophon|uncopyright|(table of )?contents|"
    r"copyright( page| notice| information)?|((the )?(full )?project gutenberg.{0,4} )?licen[cs]e|"
    r"also by .*|by the same author|other books by .*|praise for .*|about this (edition|ebook)|"
    r"transcriber.s notes?|advertisements",
    re.IGNORECASE,
)


class ChapterKind(StrEnum):
    BODY = "body"
    FRONT = "front"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A run of the canonical text under one heading. Chapters tile the text in reading order."""

    index: int  # place in reading order, front and back matter counted, from 0
    title: str  # as a reader would cite it: "Chapter 3", "Another Thing Needful"
    span: Span  # heading included
    kind: ChapterKind = ChapterKind.BODY
    number: int | None = None  # body chapters count from 1
    heading: Span | None = None  # where the title stands in the text, if it does
    parents: tuple[str, ...] = ()  # titles of the parts it lies in, outermost first

    @property
    def full_title(self) -> str:
        """With the parts it lies in, for many a book has several chapters one: "Book the Third,
        Chapter I"."""
        return ", ".join((*self.parents, self.title))

    @property
    def is_of_edition(self) -> bool:
        """Whether it tells of this edition: who made it, who may copy it."""
        is_matter = self.kind is not ChapterKind.BODY
        return is_matter and _OF_EDITION.fullmatch(self.title.strip(" .:")) is not None

    @property
    def known_from(self) -> int:
        """The offset from which a reader knows the title."""
        return self.heading.end if self.heading else self.span.start + 1


@dataclass(frozen=True, slots=True)
class SourceAnchor:
    """Where a stretch of the canonical text stood in its source file, for locators and jumps."""

    offset: int  # its first code point
    item: str  # for an EPUB the path of the spine item
    item_index: int
    # For an EPUB the text node, as domain.cfi.TextPlace writes it: "/6/14!/4/2/10/1:0+57".
    # Otherwise, and in books that an earlier release read, the block: "/html/body/section/p[4]".
    path: str


@dataclass(frozen=True, slots=True)
class BookMetadata:
    title: str = ""
    author: str = ""
    language: str = ""  # BCP 47, "" if unknown
    description: str = ""
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedBook:
    """What a parser makes of a file."""

    text: str
    chapters: tuple[Chapter, ...]
    metadata: BookMetadata = BookMetadata()
    anchors: tuple[SourceAnchor, ...] = ()
    warnings: tuple[str, ...] = ()  # plain sentences for the reader

    @property
    def layout(self) -> BookLayout:
        return BookLayout(length=len(self.text), chapters=self.chapters, anchors=self.anchors)


@dataclass(frozen=True, slots=True)
class BookLayout:
    """The chapters of a text and their source anchors, without the text."""

    length: int
    chapters: tuple[Chapter, ...]
    anchors: tuple[SourceAnchor, ...] = field(default=(), repr=False)

    @property
    def body(self) -> Span:
        """From the first body chapter to the last; the whole text if no chapter is body."""
        body = [c.span for c in self.chapters if c.kind is ChapterKind.BODY]
        return Span(body[0].start, body[-1].end) if body else Span(0, self.length)

    def chapter_at(self, offset: int) -> Chapter | None:
        place = bisect_right(self.chapters, offset, key=lambda c: c.span.start) - 1
        return self.chapters[place] if place >= 0 else None

    def title_at(self, offset: int, up_to: Frontier) -> str:
        """Of the chapter there, with the parts it lies in; "" where a reader does not know it."""
        chapter = self.chapter_at(offset)
        return chapter.full_title if chapter and up_to.knows(chapter.known_from) else ""

    def body_chapter(self, number: int) -> Chapter | None:
        return next((c for c in self.chapters if c.number == number), None)

    def anchor_at(self, offset: int) -> SourceAnchor | None:
        place = bisect_right(self.anchors, offset, key=lambda a: a.offset) - 1
        return self.anchors[place] if place >= 0 else None

    def up_to(self, frontier: Frontier) -> tuple[Chapter, ...]:
        """The chapters whose titles the reader has met, the last one cut at the frontier."""
        return tuple(
            replace(c, span=frontier.clip(c.span))
            for c in self.chapters
            if frontier.knows(c.known_from)
        )


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """One parse and index of a book. A re-ingest builds the next one while this one serves."""

    book_id: BookId
    number: int  # from 1

    def __str__(self) -> str:
        return f"{self.book_id}__{self.number}"


class BookStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"  # text, index and cast are whole
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Book:
    id: BookId
    owner_id: OwnerId | None
    title: str
    author: str
    content_hash: str  # SHA-256 of the file as received, hex; "" until it has been received
    created_at: datetime
    updated_at: datetime
    language: str = ""
    description: str = ""
    media_type: str = ""
    file_name: str = ""
    blob_key: str = ""  # the received file in the blob store
    source_url: str = ""
    status: BookStatus = BookStatus.PENDING
    failure: str = ""  # the reason, if failed; an older version may still serve
    serving: int = 0  # number of the content version that answers; 0: none yet
    total_passages: int = 0
    warnings: tuple[str, ...] = ()
    older: bool = False  # an older backend made something of it, without positions

    @property
    def version(self) -> ContentVersion | None:
        return ContentVersion(self.id, self.serving) if self.serving else None

    @property
    def waits_for_migration(self) -> bool:
        """Only what the older backend made can answer."""
        return self.older and not self.serving
