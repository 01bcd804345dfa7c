from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.outbound.memory.corrections import MemoryCorrectionRepository
from adapters.outbound.sqlite.corrections import SqliteCorrectionRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.supabase.client import SupabaseClient
from adapters.outbound.supabase.corrections import SupabaseCorrectionRepository
from application.ports.correction_repository import CorrectionRepository
from domain.corrections import (
    Change,
    CharacterAnchor,
    Correction,
    MergeCharacters,
    Place,
    QuoteAnchor,
    ReattributeQuote,
    RenameCharacter,
    SetNarrator,
    SplitCharacter,
)
from domain.ids import BookId, CharacterId, CorrectionId, OwnerId, QuoteId
from tests.contract.fake_clock import START

BOOK = BookId("10000000-0000-0000-0000-000000000001")
ANOTHER = BookId("10000000-0000-0000-0000-000000000002")
AUTHOR = OwnerId("30000000-0000-0000-0000-000000000001")
LOUISA = CharacterAnchor(CharacterId("c1"), ("Louisa", "Mrs. Bounderby"), 40)
STRANGER = CharacterAnchor(CharacterId("c2"), ("The “stranger” \U0001f642",), 7)
LATE = Place(900, "‘before’\n", "after — it")
CHANGES: tuple[Change, ...] = (
    MergeCharacters(STRANGER, LOUISA),
    MergeCharacters(STRANGER, LOUISA, LATE),
    SplitCharacter(LOUISA, ("Mrs. Bounderby", "Loo"), CharacterId("c3")),
    RenameCharacter(LOUISA, "Miss Gradgrind"),
    RenameCharacter(LOUISA, "Miss Gradgrind", LATE),
    SetNarrator(LOUISA),
    SetNarrator(None, LATE),
    ReattributeQuote(QuoteAnchor(QuoteId("q1"), "“What?”", LATE), LOUISA),
    ReattributeQuote(QuoteAnchor(QuoteId("q1"), "“What?”", LATE), None, alone=True),
)


def a_correction(number: int, change: Change = CHANGES[0]) -> Correction:
    id_ = CorrectionId(f"40000000-0000-0000-0000-{number:012}")
    return Correction(id_, AUTHOR, START + timedelta(seconds=number), change)


class CorrectionRepositoryContract:
    @pytest.fixture
    def corrections(self) -> CorrectionRepository:
        raise NotImplementedError

    async def test_a_book_begins_without_any(self, corrections: CorrectionRepository) -> None:
        assert tuple(await corrections.of_book(BOOK)) == ()

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: type(change).__name__)
    async def test_each_comes_back_as_it_was(
        self, corrections: CorrectionRepository, change: Change
    ) -> None:
        await corrections.add(BOOK, a_correction(1, change))
        assert tuple(await corrections.of_book(BOOK)) == (a_correction(1, change),)

    async def test_they_stand_in_the_order_in_which_they_came(
        self, corrections: CorrectionRepository
    ) -> None:
        for number in (3, 1, 2):  # whatever their ids and their clocks say
            await corrections.add(BOOK, a_correction(number))
        found = await corrections.of_book(BOOK)
        assert list(found) == [a_correction(number) for number in (3, 1, 2)]

    async def test_one_that_is_there_stays_as_and_where_it_is(
        self, corrections: CorrectionRepository
    ) -> None:
        for number in (1, 2):
            await corrections.add(BOOK, a_correction(number))
        await corrections.add(BOOK, replace(a_correction(1), change=CHANGES[3]))
        assert list(await corrections.of_book(BOOK)) == [a_correction(1), a_correction(2)]

    async def test_one_that_is_taken_out_leaves_the_others(
        self, corrections: CorrectionRepository
    ) -> None:
        for number in (1, 2, 3):
            await corrections.add(BOOK, a_correction(number))
        assert await corrections.remove(BOOK, a_correction(2).id)
        assert not await corrections.remove(BOOK, a_correction(2).id)
        assert list(await corrections.of_book(BOOK)) == [a_correction(1), a_correction(3)]

    async def test_one_that_never_was_is_not_taken_out(
        self, corrections: CorrectionRepository
    ) -> None:
        assert not await corrections.remove(BOOK, CorrectionId("no id"))
        await corrections.add(BOOK, a_correction(1))
        assert not await corrections.remove(ANOTHER, a_correction(1).id)

    async def test_books_do_not_mix(self, corrections: CorrectionRepository) -> None:
        await corrections.add(BOOK, a_correction(1))
        await corrections.add(ANOTHER, a_correction(1, CHANGES[3]))
        assert list(await corrections.of_book(BOOK)) == [a_correction(1)]
        for _ in range(2):
            await corrections.delete_of_book(BOOK)
        assert list(await corrections.of_book(BOOK)) == []
        assert list(await corrections.of_book(ANOTHER)) == [a_correction(1, CHANGES[3])]


class TestMemoryCorrections(CorrectionRepositoryContract):
    @pytest.fixture
    def corrections(self) -> CorrectionRepository:
        return MemoryCorrectionRepository()


class TestSqliteCorrections(CorrectionRepositoryContract):
    @pytest.fixture
    def corrections(self, database: Database) -> CorrectionRepository:
        return SqliteCorrectionRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, corrections: CorrectionRepository, second_database: Database
    ) -> None:
        await corrections.add(BOOK, a_correction(1))
        reopened = SqliteCorrectionRepository(second_database)
        assert list(await reopened.of_book(BOOK)) == [a_correction(1)]


class TestSupabaseCorrections(CorrectionRepositoryContract):
    @pytest.fixture
    def corrections(self, supabase: SupabaseClient) -> CorrectionRepository:
        return SupabaseCorrectionRepository(supabase)

    async def test_what_no_database_can_hold_is_replaced(
        self, corrections: CorrectionRepository
    ) -> None:
        odd = RenameCharacter(LOUISA, "L\0ou\ud800isa")
        await corrections.add(BOOK, a_correction(1, odd))
        (kept,) = await corrections.of_book(BOOK)
        assert kept.change == RenameCharacter(LOUISA, "L\ufffdou\ufffdisa")
