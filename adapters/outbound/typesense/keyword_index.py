"""Full text in TypeSense: https://typesense.org/docs/latest/api/"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from adapters.outbound.typesense.any_of import Wanted, find
from adapters.outbound.typesense.client import Absent, Refused, TypesenseConnection
from adapters.outbound.typesense.documents import REPEATED, TERMS, document, schema
from application.ports.keyword_index import KeywordCandidate
from domain.book import ContentVersion
from domain.errors import StoreUnavailable
from domain.frontier import Frontier
from domain.ids import BookId
from domain.passage import Passage
from domain.terms import terms

BATCH = 200  # passages a request
SEARCH_SECONDS = 10.0


class TypesenseKeywordIndex:
    """A collection for each version, `{book_id}__{version}`; `{book_id}` is an alias of the one
    that serves.

    An older deployment has a plain collection named by the book's id, beside which an alias of
    the same name is refused. So the plain one stays until its replacement is whole and serves;
    then it is dropped and the alias set. Between these two requests there is nothing under the
    book's id (for as long as it takes if this process dies there: the phase is repeated). Readers
    of ours do not notice: they name the version.

    The candidates' order is rough, for TypeSense neither counts words nor weighs them; who asked
    ranks them by the book's own statistics, and marks the words that matched.
    """

    def __init__(self, typesense: TypesenseConnection) -> None:
        self._typesense = typesense

    async def create(self, version: ContentVersion) -> None:
        await self._drop(str(version))
        try:
            await self._typesense.post("collections", body=schema(version))
        except Refused:  # it may have been made by an attempt whose answer was lost
            if await self._collection_at(str(version)) is None:
                raise

    async def upsert(self, version: ContentVersion, passages: Sequence[Passage]) -> None:
        for start in range(0, len(passages), BATCH):
            documents = [document(version, p) for p in passages[start : start + BATCH]]
            await self._typesense.upsert(str(version), documents)

    async def search(
        self, version: ContentVersion, query: str, up_to: Frontier, limit: int
    ) -> list[KeywordCandidate]:
        wanted = Wanted(
            collection=str(version),
            words=terms(query),
            fields=f"{REPEATED},{TERMS}",
            shown="id,chunk_index",
            limit=limit,
            filter_by="" if up_to.is_whole_book else f"end:<={up_to.offset}",
        )
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                found = await find(self._typesense, wanted)
        except TimeoutError as error:
            raise StoreUnavailable("The keyword index (TypeSense) took too long.") from error
        except Absent:
            return []
        candidates = [KeywordCandidate(f.document["chunk_index"], f.score) for f in found]
        return sorted(candidates, key=lambda c: (-c.score, c.passage_index))

    async def serve(self, version: ContentVersion) -> None:
        book_id = version.book_id
        if await self._collection_at(str(version)) is None:
            raise Absent("The book's keyword index was taken away. Process the book again.")
        if await self._collection_at(book_id) == book_id:  # and not an alias of another
            await self._drop(book_id)
        await self._typesense.put("aliases", book_id, body={"collection_name": str(version)})

    async def count(self, version: ContentVersion) -> int:
        try:
            found = await self._typesense.get("collections", str(version))
        except Absent:
            return 0
        return int(found["num_documents"])

    async def delete(self, version: ContentVersion) -> None:
        if await self._served(version.book_id) == str(version):
            with suppress(Absent):
                await self._typesense.delete("aliases", version.book_id)
        await self._drop(str(version))

    async def _collection_at(self, name: str) -> str | None:
        """The name of the collection that answers to a name of its own or to an alias."""
        try:
            return str((await self._typesense.get("collections", name))["name"])
        except Absent:
            return None

    async def _served(self, book_id: BookId) -> str | None:
        try:
            return str((await self._typesense.get("aliases", book_id))["collection_name"])
        except Absent:
            return None

    async def _drop(self, name: str) -> None:
        with suppress(Absent):
            await self._typesense.delete("collections", name)
