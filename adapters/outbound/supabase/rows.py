"""Many rows at once, read page by page."""

from collections.abc import Mapping
from typing import Any

from adapters.outbound.supabase.client import Row, SupabaseClient
from domain.book import ContentVersion

_AT_ONCE = 1000  # rows: what a Supabase project gives in one answer, unless it is set otherwise


async def read_all(
    client: SupabaseClient,
    table: str,
    *,
    where: Mapping[str, object],
    order: str,
    columns: str = "*",
) -> list[Row]:
    """Every row that matches, however few the server gives at once. `order` must tell any two of
    them apart, or pages would overlap."""
    rows: list[Row] = []
    while True:
        begin = len(rows)
        answer = await client.answer(
            lambda api: (
                api.table(table)
                .select(columns, count="exact")  # type: ignore[arg-type] # their own enum's word
                .match(dict(where))
                .order(order)
                .range(begin, begin + _AT_ONCE - 1)  # noqa: B023 (built before the loop goes on)
            )
        )
        rows += answer.data
        if len(rows) >= (answer.count or 0) or not answer.data:
            return rows


def key_of(version: ContentVersion) -> dict[str, Any]:
    return {"book_id": version.book_id, "version": version.number}


def arguments_of(version: ContentVersion) -> dict[str, Any]:
    """Of the functions that are about a content version."""
    return {"the_book": version.book_id, "the_version": version.number}
