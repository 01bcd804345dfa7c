"""Casts of content versions: characters, aliases, quotes, mentions, merges.

The statements are functions in supabase/migrations: a cast is written in one transaction, and
read in one statement. Rows travel as columns; see `cast_columns`.
"""

import asyncio

from adapters.outbound.supabase.cast_columns import cast_of, columns_of
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.recent import Recent
from adapters.outbound.supabase.roster import roster_of
from adapters.outbound.supabase.rows import arguments_of, key_of
from domain.book import ContentVersion
from domain.cast import Cast
from domain.frontier import Frontier

_KEPT_WHOLE = 4  # casts in memory; a long novel's takes about 10 MB
_KEPT_KNOWN = 16  # the same, as known at one frontier: most reads come again from the same page


class SupabaseCastRepository:
    def __init__(self, client: SupabaseClient) -> None:
        self._client = client
        self._whole: Recent[ContentVersion, tuple[str, Cast]] = Recent(_KEPT_WHOLE)
        self._known: Recent[tuple[ContentVersion, str, Frontier], Cast] = Recent(_KEPT_KNOWN)

    async def put(self, version: ContentVersion, cast: Cast) -> None:
        """Replaced as a whole. What frontends show of it is kept beside it, until it serves, and
        reaches them at once where it serves."""
        columns, roster = await asyncio.to_thread(lambda: (columns_of(cast), roster_of(cast)))
        await self._client.call(
            "falsafa_replace_cast",
            {
                **arguments_of(version),
                "the_cast": {**columns, "warnings": cast.warnings, "roster": roster},
            },
        )

    async def get(self, version: ContentVersion, up_to: Frontier) -> Cast:
        revision, whole = await self._read(version)
        key = (version, revision, up_to)
        if (known := self._known.get(key)) is None:
            known = await asyncio.to_thread(whole.up_to, up_to)
            self._known.put(key, known)
        return known

    async def whole(self, version: ContentVersion) -> Cast:
        return (await self._read(version))[1]

    async def revision(self, version: ContentVersion) -> str:
        rows = await self._client.rows(
            lambda api: api.table("falsafa_casts").select("revision").match(key_of(version))
        )
        return str(rows[0]["revision"]) if rows else ""

    async def delete(self, version: ContentVersion) -> None:
        await self._client.rows(
            lambda api: api.table("falsafa_casts").delete().match(key_of(version))
        )

    async def _read(self, version: ContentVersion) -> tuple[str, Cast]:
        """With its revision; one request, which answers with that alone where it is known."""
        revision, whole = self._whole.get(version) or (None, Cast())
        found = await self._client.call(
            "falsafa_cast", {**arguments_of(version), "known_revision": revision}
        )
        if not found:
            return "", Cast()
        if revision is None or found["revision"] != revision:
            revision = str(found["revision"])
            whole = await asyncio.to_thread(cast_of, found)
            self._whole.put(version, (revision, whole))
        return revision, whole
