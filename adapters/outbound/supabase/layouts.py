"""Layouts of content versions: chapters and source anchors."""

import asyncio

from adapters.outbound.supabase.client import Row, SupabaseClient
from adapters.outbound.supabase.recent import Recent
from adapters.outbound.supabase.rows import arguments_of, key_of
from adapters.outbound.supabase.values import storable
from domain.book import BookLayout, Chapter, ChapterKind, ContentVersion, SourceAnchor
from domain.errors import TextNotFound
from domain.span import Span

_KEPT = 16  # layouts in memory


class SupabaseLayouts:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client
        self._recent: Recent[ContentVersion, tuple[str, BookLayout]] = Recent(_KEPT)

    async def put(self, version: ContentVersion, layout: BookLayout) -> None:
        """Replaced as a whole, in one transaction."""
        await self._client.call(
            "falsafa_put_layout",
            {
                **arguments_of(version),
                "the_length": layout.length,
                "chapters": [_chapter_row(chapter) for chapter in layout.chapters],
                "anchors": [_anchor_row(i, anchor) for i, anchor in enumerate(layout.anchors)],
            },
        )

    async def get(self, version: ContentVersion) -> BookLayout:
        """One request; it answers with the revision alone where that is in memory.

        Raises TextNotFound.
        """
        revision, layout = self._recent.get(version) or (None, None)
        arguments = {**arguments_of(version), "known_revision": revision}
        found = await self._client.call("falsafa_layout", arguments)
        if not found:
            raise TextNotFound(f"The book has no text of version {version.number}.")
        if layout is None or found["revision"] != revision:
            layout = await asyncio.to_thread(_layout, found)
            self._recent.put(version, (found["revision"], layout))
        return layout

    async def delete(self, version: ContentVersion) -> None:
        await self._client.rows(
            lambda api: api.table("falsafa_layouts").delete().match(key_of(version))
        )


def _chapter_row(chapter: Chapter) -> Row:
    heading = chapter.heading
    return {
        "idx": chapter.index,
        "title": storable(chapter.title),
        "start_offset": chapter.span.start,
        "end_offset": chapter.span.end,
        "kind": chapter.kind,
        "number": chapter.number,
        "heading_start": heading.start if heading else None,
        "heading_end": heading.end if heading else None,
        "parents": [storable(parent) for parent in chapter.parents],
    }


def _anchor_row(place: int, anchor: SourceAnchor) -> Row:
    return {
        "idx": place,
        "start_offset": anchor.offset,
        "item": storable(anchor.item),
        "item_index": anchor.item_index,
        "path": storable(anchor.path),
    }


def _layout(found: Row) -> BookLayout:
    return BookLayout(
        length=found["length"],
        chapters=tuple(map(_chapter, found["chapters"])),
        anchors=tuple(SourceAnchor(*anchor) for anchor in found["anchors"]),
    )


def _chapter(row: Row) -> Chapter:
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
        parents=tuple(row["parents"]),
    )
