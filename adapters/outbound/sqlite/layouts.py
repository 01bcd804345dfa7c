"""Layouts of content versions as rows: chapters and source anchors."""

import asyncio
import sqlite3

import aiosqlite

from adapters.outbound.sqlite.recent import Recent
from adapters.outbound.sqlite.rows import (
    delete_version,
    insert,
    insert_all,
    key_of,
    of_version,
    one,
)
from adapters.outbound.sqlite.values import from_json, new_revision, to_json
from domain.book import BookLayout, Chapter, ChapterKind, ContentVersion, SourceAnchor
from domain.errors import TextNotFound
from domain.span import Span

_KEPT = 16  # layouts in memory

_CHAPTER = (
    "book_id",
    "version",
    "idx",
    "title",
    "start_offset",
    "end_offset",
    "kind",
    "number",
    "heading_start",
    "heading_end",
    "parents",
)
_ANCHOR = ("book_id", "version", "idx", "start_offset", "item", "item_index", "path")


class LayoutTables:
    def __init__(self) -> None:
        self._recent: Recent[tuple[ContentVersion, str], BookLayout] = Recent(_KEPT)

    async def put(
        self, connection: aiosqlite.Connection, version: ContentVersion, layout: BookLayout
    ) -> None:
        await delete_version(connection, "layouts", version)
        await insert(
            connection,
            "layouts",
            {**key_of(version), "revision": new_revision(), "length": layout.length},
        )
        key = (version.book_id, version.number)
        await insert_all(
            connection, "chapters", _CHAPTER, ((*key, *_of_chapter(c)) for c in layout.chapters)
        )
        await insert_all(
            connection,
            "source_anchors",
            _ANCHOR,
            (
                (*key, place, a.offset, a.item, a.item_index, a.path)
                for place, a in enumerate(layout.anchors)
            ),
        )

    async def get(self, connection: aiosqlite.Connection, version: ContentVersion) -> BookLayout:
        """Raises TextNotFound."""
        head = await one(
            connection,
            "SELECT revision, length FROM layouts WHERE (book_id, version) = (:book_id, :version)",
            key_of(version),
        )
        if head is None:
            raise TextNotFound(f"The book has no text of version {version.number}.")
        if kept := self._recent.get((version, head["revision"])):
            return kept
        layout = await asyncio.to_thread(
            _layout,
            head["length"],
            await of_version(connection, "chapters", version),
            await of_version(connection, "source_anchors", version),
        )
        self._recent.put((version, head["revision"]), layout)
        return layout


def _of_chapter(chapter: Chapter) -> tuple[object, ...]:
    heading = chapter.heading
    return (
        chapter.index,
        chapter.title,
        chapter.span.start,
        chapter.span.end,
        chapter.kind,
        chapter.number,
        heading.start if heading else None,
        heading.end if heading else None,
        to_json(chapter.parents),
    )


def _layout(length: int, chapters: list[sqlite3.Row], anchors: list[sqlite3.Row]) -> BookLayout:
    return BookLayout(
        length=length,
        chapters=tuple(_chapter(row) for row in chapters),
        anchors=tuple(
            SourceAnchor(row["start_offset"], row["item"], row["item_index"], row["path"])
            for row in anchors
        ),
    )


def _chapter(row: sqlite3.Row) -> Chapter:
    heading = None
    if row["heading_start"] is not None:
        heading = Span(row["heading_start"], row["heading_end"])
    return Chapter(
        index=row["idx"],
        title=row["title"],
        span=Span(row["start_offset"], row["end_offset"]),
        kind=ChapterKind(row["kind"]),
        number=row["number"],
        heading=heading,
        parents=tuple(from_json(row["parents"])),
    )
