"""The passages of content versions."""

import asyncio
from collections.abc import Sequence
from typing import Any

from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.recent import Recent
from adapters.outbound.supabase.rows import arguments_of, key_of
from domain.book import ContentVersion
from domain.frontier import Frontier
from domain.passage import Passage
from domain.span import Span

_KEPT = 20_000  # passages in memory: those of a score of novels


class SupabasePassageRepository:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client
        self._recent: Recent[ContentVersion, tuple[str, tuple[Passage, ...]]] = Recent(
            _KEPT, weight=lambda kept: len(kept[1])
        )

    async def put(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        """Replaced as a whole, in one transaction."""
        await self._client.call(
            "falsafa_put_passages",
            {**arguments_of(version), "the_passages": [_row(passage) for passage in passages]},
        )

    async def get(
        self, version: ContentVersion, indices: Sequence[int], up_to: Frontier
    ) -> dict[int, Passage]:
        found = await self._client.call(
            "falsafa_passages_at",
            {**arguments_of(version), "indices": list(indices), "up_to": up_to.offset},
        )
        return {passage.index: passage for passage in map(_passage, found)}

    async def all(self, version: ContentVersion, up_to: Frontier) -> Sequence[Passage]:
        """One request; it answers with the revision alone where that is in memory."""
        revision, passages = self._recent.get(version) or (None, ())
        found = await self._client.call(
            "falsafa_passages", {**arguments_of(version), "known_revision": revision}
        )
        if not found:
            return ()
        if found["revision"] != revision:
            passages = await asyncio.to_thread(_passages, found["passages"])
            self._recent.put(version, (found["revision"], passages))
        return tuple(passage for passage in passages if up_to.sees(passage.span))

    async def count(self, version: ContentVersion) -> int:
        lists = await self._client.rows(
            lambda api: api.table("falsafa_passage_lists").select("count").match(key_of(version))
        )
        return sum(row["count"] for row in lists)

    async def delete(self, version: ContentVersion) -> None:
        await self._client.rows(
            lambda api: api.table("falsafa_passage_lists").delete().match(key_of(version))
        )


def _row(passage: Passage) -> dict[str, object]:
    return {
        "idx": passage.index,
        "start_offset": passage.span.start,
        "end_offset": passage.span.end,
        "chapter_index": passage.chapter_index,
        "text": passage.text,
        "context": passage.context,
    }


def _passages(found: list[list[Any]]) -> tuple[Passage, ...]:
    return tuple(map(_passage, found))


def _passage(values: list[Any]) -> Passage:
    index, start, end, chapter_index, text, context = values
    return Passage(index, Span(start, end), chapter_index, text, context)
