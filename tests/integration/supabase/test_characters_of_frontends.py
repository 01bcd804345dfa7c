"""The `characters` table, which frontends read, beside the rows that an older backend left."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.outbound.memory.blobs import MemoryBlobStore
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.texts import MemoryTextStore
from adapters.outbound.supabase.books import SupabaseBookRepository
from adapters.outbound.supabase.casts import SupabaseCastRepository
from adapters.outbound.supabase.client import Row, SupabaseClient
from adapters.outbound.supabase.corrections import SupabaseCorrectionRepository
from adapters.outbound.supabase.older_content import SupabaseOlderCharacters
from adapters.outbound.supabase.personas import SupabasePersonaRepository
from application.corrected_casts import CorrectedCasts
from application.extract_characters import ExtractCharacters
from application.ports.character_extractor import Extraction
from domain.book import BookLayout, ContentVersion
from domain.cast import Alias, Cast, Character, Mention, Merge
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId, CharacterId
from domain.persona import Persona, PersonaOrigin, Trait
from domain.span import Span
from tests.contract.fake_clock import START
from tests.services.older_tables import Deployment

BOOK = BookId("b0000000-0000-0000-0000-000000000001")  # an older backend processed it
FIRST, SECOND = ContentVersion(BOOK, 1), ContentVersion(BOOK, 2)
LOUISA = CharacterId("c0000000-0000-0000-0000-000000000001")
LOUISA_AGAIN = "c0000000-0000-0000-0000-000000000002"


def person(name: str, start: int, *others: str) -> Character:
    """Under the extractor's own label."""
    return Character(
        CharacterId(f"label of {name}"),
        name,
        tuple(Alias(alias, start + len(name), 1) for alias in (name, *others)),
        Span(start, start + len(name)),
    )


def mentions(character: Character, count: int) -> list[Mention]:
    start = character.first_mention.start
    places = (Span(start + 1000 * n, start + 1000 * n + 6) for n in range(count))
    return [Mention(place, character.id, alias=character.name) for place in places]


TOLD = person("the whelp", 600)
LADY = person("Louisa", 100, "Mrs. Bounderby")
TOM = person("Tom", 300, "Thomas")
CAST = Cast(
    characters=(LADY, TOM, TOLD),
    mentions=tuple(
        sorted([*mentions(LADY, 20), *mentions(TOM, 12), *mentions(TOLD, 1)], key=lambda m: m.span)
    ),
    merges=(Merge(TOLD.id, TOM.id, 900),),
)


class Finds:
    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    async def prepare(self) -> None:
        """Nothing to load."""

    async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
        return Extraction(self.cast)


class Shelf:
    """What ingestion does for the characters of one book."""

    def __init__(self, client: SupabaseClient) -> None:
        self.client = client
        self.books = SupabaseBookRepository(client)
        self.casts = SupabaseCastRepository(client)
        self.personas = SupabasePersonaRepository(client)

    async def read(
        self, version: ContentVersion, cast: Cast, previous: ContentVersion | None = None
    ) -> dict[str, CharacterId]:
        """The ids of those found, by name."""
        blobs = MemoryBlobStore()
        corrected_casts = CorrectedCasts(
            casts=self.casts,
            texts=MemoryTextStore(),
            blobs=blobs,
            corrections=SupabaseCorrectionRepository(self.client),
        )
        extract = ExtractCharacters(
            extractor=Finds(cast),
            corrected_casts=corrected_casts,
            blobs=blobs,
            metrics=MemoryMetrics(),
            older=SupabaseOlderCharacters(self.client),
        )
        found = await extract.extract(version, "", BookLayout(0, ()), "en", previous)
        return {character.name: character.id for character in found.characters}

    async def write(
        self, version: ContentVersion, of: CharacterId, prompt: str, number: int = 1
    ) -> None:
        traits = (Trait("voice", "Quiet."), Trait("psychology", f"The mind of: {prompt}"))
        await self.personas.put(
            version,
            Persona(of, number, prompt, WHOLE_BOOK, PersonaOrigin.MODEL, START, traits),
        )

    async def rows(self) -> dict[str, Row]:
        """What a frontend sees, by name."""
        rows = await self.client.rows(
            lambda api: (
                api.table("characters")
                .select("*")
                .eq("book_id", BOOK)
                .is_("deleted_at", "null")
                .order("sort_order")
            )
        )
        return {row["name"]: row for row in rows}

    async def change(self, character_id: str, **values: Any) -> None:
        await self.client.rows(
            lambda api: api.table("characters").update(values).eq("id", character_id)
        )

    async def row(self, character_id: str) -> Row:
        (row,) = await self.client.rows(
            lambda api: api.table("characters").select("*").eq("id", character_id)
        )
        return row


@pytest.fixture
def shelf(older_supabase: SupabaseClient, deployment: Deployment) -> Shelf:
    return Shelf(older_supabase)


async def test_nothing_is_seen_of_a_version_before_it_serves(shelf: Shelf) -> None:
    before = await shelf.rows()
    ids = await shelf.read(FIRST, CAST)
    await shelf.write(FIRST, ids["Louisa"], "You are Louisa Bounderby.")
    assert await shelf.rows() == before


async def test_frontends_find_the_cast_of_the_version_that_serves(shelf: Shelf) -> None:
    ids = await shelf.read(FIRST, CAST)
    await shelf.write(FIRST, ids["Tom"], "You are Tom.")
    await shelf.books.publish(FIRST)
    rows = await shelf.rows()
    assert list(rows) == ["Louisa", "Tom"]  # one row for whoever turns out to be one person
    tom = rows["Tom"]
    assert tom["id"] == ids["Tom"]
    assert set(tom["aliases"]) == {"Thomas", "the whelp"}
    assert (tom["mention_count"], tom["sort_order"], tom["is_primary"]) == (13, 1, True)
    assert (tom["system_prompt"], tom["processing_version"]) == ("You are Tom.", 1)
    assert tom["description"] == "The mind of: You are Tom."


async def test_who_an_older_backend_knew_by_any_name_keeps_the_id(shelf: Shelf) -> None:
    before = await shelf.row(LOUISA)
    ids = await shelf.read(FIRST, CAST)
    assert ids["Louisa"] == LOUISA
    await shelf.books.publish(FIRST)
    after = await shelf.row(LOUISA)
    assert (after["name"], after["aliases"]) == ("Louisa", ["Mrs. Bounderby"])
    assert after["processing_version"] == (before["processing_version"] or 0) + 1
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]
    # None has been written for her anew: better the old one than none.
    assert after["system_prompt"] == "You are Louisa."


async def test_who_is_not_of_the_cast_is_marked_as_gone_and_not_deleted(shelf: Shelf) -> None:
    await shelf.read(FIRST, CAST)
    await shelf.books.publish(FIRST)
    assert (await shelf.row(LOUISA_AGAIN))["deleted_at"] is not None


async def test_what_people_have_filled_in_stays(shelf: Shelf) -> None:
    by_hand = {
        "avatar_url": "https://files.example/louisa.png",
        "role": "protagonist",
        "personality_traits": {"quiet": True},
        "description": "She stares into the fire.",
    }
    await shelf.change(LOUISA, **by_hand)
    ids = await shelf.read(FIRST, CAST)
    await shelf.write(FIRST, ids["Louisa"], "You are Louisa Bounderby.")
    await shelf.books.publish(FIRST)
    row = await shelf.row(LOUISA)
    assert {name: row[name] for name in by_hand} == by_hand
    assert row["system_prompt"] == "You are Louisa Bounderby."


async def test_run_again_the_book_keeps_its_characters(shelf: Shelf) -> None:
    first = await shelf.read(FIRST, CAST)
    await shelf.books.publish(FIRST)
    sissy = person("Sissy", 50)
    grown = replace(
        CAST,
        characters=(LADY, sissy),
        mentions=(*mentions(LADY, 20), *mentions(sissy, 1)),
        merges=(),
    )
    second = await shelf.read(SECOND, grown, FIRST)
    assert second["Louisa"] == first["Louisa"]
    await shelf.books.publish(SECOND)
    rows = await shelf.rows()
    assert list(rows) == ["Louisa", "Sissy"]
    assert rows["Sissy"]["is_primary"] is False
    assert rows["Louisa"]["processing_version"] >= 2
    assert (await shelf.row(first["Tom"]))["deleted_at"] is not None


async def test_who_comes_back_is_there_again_and_who_was_taken_away_is_not(shelf: Shelf) -> None:
    ids = await shelf.read(FIRST, CAST)
    await shelf.books.publish(FIRST)
    await shelf.change(LOUISA, deleted_at="2026-01-01T00:00:00+00:00")  # by a person
    alone = replace(CAST, characters=(LADY,), mentions=tuple(mentions(LADY, 3)), merges=())
    await shelf.read(SECOND, alone, FIRST)
    await shelf.books.publish(SECOND)
    assert await shelf.rows() == {}
    third = ContentVersion(BOOK, 3)
    assert (await shelf.read(third, CAST, SECOND))["Tom"] == ids["Tom"]
    await shelf.books.publish(third)
    assert list(await shelf.rows()) == ["Tom"]


async def test_a_persona_written_for_the_version_that_serves_is_seen(shelf: Shelf) -> None:
    ids = await shelf.read(FIRST, CAST)
    await shelf.read(SECOND, CAST, FIRST)
    await shelf.books.publish(FIRST)
    await shelf.write(FIRST, ids["Tom"], "The second.", number=2)
    await shelf.write(FIRST, ids["Tom"], "The first.", number=1)
    await shelf.write(SECOND, ids["Tom"], "Of a version that does not serve.", number=9)
    assert (await shelf.rows())["Tom"]["system_prompt"] == "The second."


async def test_publishing_a_version_without_a_cast_touches_no_row(shelf: Shelf) -> None:
    before = await shelf.rows()
    await shelf.books.publish(FIRST)
    assert await shelf.rows() == before


async def test_a_cast_that_is_put_right_while_it_serves_is_seen_at_once(shelf: Shelf) -> None:
    ids = await shelf.read(FIRST, CAST)
    await shelf.books.publish(FIRST)
    found = await shelf.casts.whole(FIRST)
    by_hand = {"avatar_url": "https://files.example/tom.png", "role": "brother"}
    await shelf.change(ids["Tom"], **by_hand)
    one = replace(found, merges=(Merge(ids["Tom"], ids["Louisa"], 0), *found.merges))

    await shelf.casts.put(FIRST, one)

    rows = await shelf.rows()
    assert list(rows) == ["Louisa"]
    assert "Thomas" in rows["Louisa"]["aliases"]
    assert (await shelf.row(ids["Tom"]))["deleted_at"] is not None
    await shelf.casts.put(FIRST, found)
    assert list(rows := await shelf.rows()) == ["Louisa", "Tom"]
    assert {name: rows["Tom"][name] for name in by_hand} == by_hand


async def test_whom_a_person_took_away_stays_away_when_others_are_put_right(shelf: Shelf) -> None:
    ids = await shelf.read(FIRST, CAST)
    await shelf.books.publish(FIRST)
    await shelf.change(ids["Tom"], deleted_at="2026-01-01T00:00:00+00:00")
    found = await shelf.casts.whole(FIRST)
    renamed = tuple(
        replace(c, name="Mrs. Bounderby") if c.id == ids["Louisa"] else c for c in found.characters
    )
    await shelf.casts.put(FIRST, replace(found, characters=renamed))
    assert list(await shelf.rows()) == ["Mrs. Bounderby"]


async def test_a_cast_that_is_put_right_before_it_serves_is_not_seen(shelf: Shelf) -> None:
    await shelf.read(FIRST, CAST)
    await shelf.books.publish(FIRST)
    before = await shelf.rows()
    await shelf.read(
        SECOND,
        replace(CAST, characters=(LADY,), mentions=tuple(mentions(LADY, 3)), merges=()),
        FIRST,
    )
    await shelf.casts.put(SECOND, Cast())
    assert await shelf.rows() == before
