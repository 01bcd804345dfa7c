import pytest

from adapters.outbound.memory.older_content import MemoryOlderCharacters
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.older_content import SupabaseOlderCharacters
from application.ports.older_content import OlderCharacter, OlderCharacters
from domain.ids import BookId, CharacterId

BOOK = BookId("b0000000-0000-0000-0000-000000000001")
OTHER = BookId("b0000000-0000-0000-0000-000000000002")
LOUISA = OlderCharacter(
    CharacterId("c0000000-0000-0000-0000-000000000001"),
    "Louisa Gradgrind",
    "You are Louisa.",
    ("Louisa", "Loo"),
)
# The same person once more: nothing kept an older backend's rows from repeating.
AGAIN = OlderCharacter(CharacterId("c0000000-0000-0000-0000-000000000002"), "Louisa Gradgrind", "")
GONE = CharacterId("c0000000-0000-0000-0000-000000000003")


class OlderCharactersContract:
    """Over a book whose characters are those above."""

    @pytest.fixture
    def older(self) -> OlderCharacters:
        raise NotImplementedError

    async def test_a_character_comes_with_its_names_and_its_prompt(
        self, older: OlderCharacters
    ) -> None:
        assert await older.character(BOOK, LOUISA.id) == LOUISA

    async def test_a_character_without_a_prompt_has_an_empty_one(
        self, older: OlderCharacters
    ) -> None:
        assert await older.character(BOOK, AGAIN.id) == AGAIN

    async def test_who_is_of_another_book_or_marked_as_gone_is_not_there(
        self, older: OlderCharacters
    ) -> None:
        assert await older.character(OTHER, LOUISA.id) is None
        assert await older.character(BOOK, GONE) is None
        assert await older.character(BOOK, CharacterId("no uuid")) is None

    async def test_all_of_a_book_are_told(self, older: OlderCharacters) -> None:
        assert list(await older.characters(BOOK)) == [LOUISA, AGAIN]
        assert list(await older.characters(OTHER)) == []


class TestMemoryOlderCharacters(OlderCharactersContract):
    @pytest.fixture
    def older(self) -> OlderCharacters:
        return MemoryOlderCharacters({BOOK: [LOUISA, AGAIN]})


class TestSupabaseOlderCharacters(OlderCharactersContract):
    """On the tables of deployments, as they were left."""

    @pytest.fixture
    def older(self, older_supabase: SupabaseClient) -> OlderCharacters:
        return SupabaseOlderCharacters(older_supabase)
