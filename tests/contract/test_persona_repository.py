from dataclasses import replace

import pytest

from adapters.outbound.memory.personas import MemoryPersonaRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.personas import SqlitePersonaRepository
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.personas import SupabasePersonaRepository
from application.ports.persona_repository import PersonaRepository
from domain.book import ContentVersion
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId
from domain.persona import Persona, PersonaOrigin, Trait
from domain.span import Span
from tests.contract.fake_clock import START

VERSION = ContentVersion(BookId("10000000-0000-0000-0000-000000000001"), 1)
ANOTHER = BookId("10000000-0000-0000-0000-000000000002")
LOUISA, TOM = [CharacterId(f"20000000-0000-0000-0000-{n:012}") for n in range(2)]


def a_persona(number: int = 1, through: Frontier = WHOLE_BOOK, of: CharacterId = LOUISA) -> Persona:
    return Persona(
        character_id=of,
        number=number,
        prompt=f"You are Louisa — version {number}.\n\n“What do I know, father?”",
        through=through,
        origin=PersonaOrigin.PROFILE,
        created_at=START,
        traits=(
            Trait("voice", "quiet, exact", (Span(10, 20), Span(90, 120))),
            Trait("relationships", "sister of Tom"),
        ),
    )


class PersonaRepositoryContract:
    @pytest.fixture
    def personas(self) -> PersonaRepository:
        raise NotImplementedError

    async def test_a_character_without_a_persona_has_none(
        self, personas: PersonaRepository
    ) -> None:
        assert await personas.latest(VERSION, LOUISA, WHOLE_BOOK) is None
        assert list(await personas.versions(VERSION, LOUISA, WHOLE_BOOK)) == []

    @pytest.mark.parametrize("origin", list(PersonaOrigin))
    async def test_a_persona_comes_back_as_it_was_put(
        self, personas: PersonaRepository, origin: PersonaOrigin
    ) -> None:
        persona = replace(a_persona(through=Frontier(400)), origin=origin)
        await personas.put(VERSION, persona)
        assert await personas.latest(VERSION, LOUISA, WHOLE_BOOK) == persona

    async def test_the_highest_number_serves_whatever_was_put_last(
        self, personas: PersonaRepository
    ) -> None:
        for number in (1, 12, 2):
            await personas.put(VERSION, a_persona(number))
        assert await personas.latest(VERSION, LOUISA, WHOLE_BOOK) == a_persona(12)
        versions = await personas.versions(VERSION, LOUISA, WHOLE_BOOK)
        assert [p.number for p in versions] == [12, 2, 1]

    async def test_a_persona_written_from_later_pages_is_not_shown(
        self, personas: PersonaRepository
    ) -> None:
        early, late = a_persona(1, Frontier(100)), a_persona(2, Frontier(500))
        for persona in (early, late, a_persona(3)):
            await personas.put(VERSION, persona)
        assert await personas.latest(VERSION, LOUISA, Frontier(99)) is None
        assert await personas.latest(VERSION, LOUISA, Frontier(100)) == early
        assert list(await personas.versions(VERSION, LOUISA, Frontier(500))) == [late, early]

    async def test_the_same_number_again_overwrites(self, personas: PersonaRepository) -> None:
        await personas.put(VERSION, a_persona())
        changed = replace(a_persona(through=Frontier(7)), prompt="You are Louisa.", traits=())
        await personas.put(VERSION, changed)
        assert list(await personas.versions(VERSION, LOUISA, WHOLE_BOOK)) == [changed]

    async def test_characters_versions_and_books_do_not_mix(
        self, personas: PersonaRepository
    ) -> None:
        await personas.put(VERSION, a_persona())
        assert await personas.latest(VERSION, TOM, WHOLE_BOOK) is None
        for other in (ContentVersion(VERSION.book_id, 2), ContentVersion(ANOTHER, 1)):
            assert await personas.latest(other, LOUISA, WHOLE_BOOK) is None

    async def test_deleting_a_version_leaves_the_others(self, personas: PersonaRepository) -> None:
        newer = ContentVersion(VERSION.book_id, 2)
        for version in (VERSION, newer):
            await personas.put(version, a_persona())
        for _ in range(2):
            await personas.delete(VERSION)
        assert await personas.latest(VERSION, LOUISA, WHOLE_BOOK) is None
        assert await personas.latest(newer, LOUISA, WHOLE_BOOK) == a_persona()

    async def test_deleting_a_book_takes_all_its_versions(
        self, personas: PersonaRepository
    ) -> None:
        newer, other = ContentVersion(VERSION.book_id, 2), ContentVersion(ANOTHER, 1)
        for version in (VERSION, newer, other):
            await personas.put(version, a_persona())
        await personas.delete_book(VERSION.book_id)
        for version in (VERSION, newer):
            assert await personas.latest(version, LOUISA, WHOLE_BOOK) is None
        assert await personas.latest(other, LOUISA, WHOLE_BOOK) == a_persona()


class TestMemoryPersonas(PersonaRepositoryContract):
    @pytest.fixture
    def personas(self) -> PersonaRepository:
        return MemoryPersonaRepository()


class TestSqlitePersonas(PersonaRepositoryContract):
    @pytest.fixture
    def personas(self, database: Database) -> PersonaRepository:
        return SqlitePersonaRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, personas: PersonaRepository, second_database: Database
    ) -> None:
        await personas.put(VERSION, a_persona())
        reopened = SqlitePersonaRepository(second_database)
        assert await reopened.latest(VERSION, LOUISA, WHOLE_BOOK) == a_persona()


class TestSupabasePersonas(PersonaRepositoryContract):
    @pytest.fixture
    def personas(self, supabase: SupabaseClient) -> PersonaRepository:
        return SupabasePersonaRepository(supabase)

    async def test_what_no_database_can_hold_is_replaced(self, personas: PersonaRepository) -> None:
        odd = replace(a_persona(), prompt="a\0b\ud800c", traits=(Trait("v\0", "\udfff"),))
        await personas.put(VERSION, odd)
        kept = await personas.latest(VERSION, LOUISA, WHOLE_BOOK)
        assert kept == replace(odd, prompt="a\ufffdb\ufffdc", traits=(Trait("v\ufffd", "\ufffd"),))
