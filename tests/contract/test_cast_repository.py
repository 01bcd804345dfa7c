import asyncio
from dataclasses import replace

import pytest

from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.sqlite.casts import SqliteCastRepository
from adapters.outbound.sqlite.database import Database
from adapters.outbound.supabase.casts import SupabaseCastRepository
from adapters.outbound.supabase.client import SupabaseClient
from application.ports.cast_repository import CastRepository
from domain.book import ContentVersion
from domain.cast import (
    Alias,
    AttributionKind,
    Cast,
    Character,
    Gender,
    Mention,
    MentionKind,
    Merge,
    Quote,
)
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId, QuoteId
from domain.span import Span

VERSION = ContentVersion(BookId("10000000-0000-0000-0000-000000000001"), 1)
ANOTHER = BookId("10000000-0000-0000-0000-000000000002")
LOUISA, STRANGER, BOUNDERBY, *MORE = [
    CharacterId(f"20000000-0000-0000-0000-{n:012}") for n in range(8)
]

CAST = Cast(
    characters=(
        Character(
            LOUISA,
            "Louisa",
            (Alias("Louisa", 10, 2), Alias("Mrs. Bounderby", 700, 1)),
            Span(4, 10),
            Gender.FEMALE,
            mention_count=3,
            quote_count=2,
            is_narrator=True,
            gender_known_from=95,
            narrator_known_from=96,
        ),
        Character(BOUNDERBY, "Bounderby", (Alias("Bounderby", 60, 1),), Span(51, 60), Gender.MALE),
        Character(STRANGER, "the stranger", (Alias("the stranger", 40, 1),), Span(28, 40)),
    ),
    quotes=(
        Quote(
            QuoteId("q1"),
            Span(70, 90),
            0,
            LOUISA,
            0.9,
            AttributionKind.EXPLICIT,
            (BOUNDERBY, STRANGER),
            known_from=104,
            addressees_known_from=120,
        ),
        Quote(QuoteId("q2"), Span(110, 120), 1),
        Quote(QuoteId("q3"), Span(800, 820), 2, STRANGER, 0.5, AttributionKind.ANAPHORIC),
    ),
    mentions=(
        Mention(Span(4, 10), LOUISA, alias="Louisa"),
        Mention(Span(28, 40), STRANGER, MentionKind.NOMINAL, "the stranger"),
        Mention(Span(51, 60), BOUNDERBY, alias="Bounderby"),
        Mention(Span(92, 95), LOUISA, MentionKind.PRONOUN),
        Mention(Span(690, 704), LOUISA, alias="Mrs. Bounderby"),
    ),
    merges=(Merge(STRANGER, BOUNDERBY, 900),),
    warnings=("Two names were hard to tell apart.",),
)


class CastRepositoryContract:
    @pytest.fixture
    def casts(self) -> CastRepository:
        raise NotImplementedError

    async def test_a_version_without_a_cast_has_an_empty_one(self, casts: CastRepository) -> None:
        assert await casts.get(VERSION, WHOLE_BOOK) == Cast()

    @pytest.mark.parametrize("offset", [0, 10, 60, 90, 104, 700, 899, 900, WHOLE_BOOK.offset])
    async def test_a_reader_gets_the_cast_as_known_at_their_page(
        self, casts: CastRepository, offset: int
    ) -> None:
        await casts.put(VERSION, CAST)
        for _ in range(2):
            assert await casts.get(VERSION, Frontier(offset)) == CAST.up_to(Frontier(offset))

    async def test_a_late_name_is_not_told_early(self, casts: CastRepository) -> None:
        await casts.put(VERSION, CAST)
        early = await casts.get(VERSION, Frontier(699))
        assert "Mrs. Bounderby" not in repr(early)
        assert "Mrs. Bounderby" in repr(await casts.get(VERSION, Frontier(704)))

    async def test_a_late_identity_is_not_told_early(self, casts: CastRepository) -> None:
        await casts.put(VERSION, CAST)
        early, late = [await casts.get(VERSION, Frontier(at)) for at in (899, 900)]
        assert (early.character(STRANGER) is not None, early.merges) == (True, ())
        assert (late.character(STRANGER), late.merges) == (None, CAST.merges)

    async def test_a_wider_frontier_does_not_leak_into_a_narrower_one(
        self, casts: CastRepository
    ) -> None:
        await casts.put(VERSION, CAST)
        await casts.get(VERSION, WHOLE_BOOK)
        assert (await casts.get(VERSION, Frontier(10))).quotes == ()

    async def test_order_and_empty_fields_are_kept(self, casts: CastRepository) -> None:
        bare = Cast(
            characters=tuple(
                Character(character_id, f"N{n}", (Alias(f"N{n}", 5),), Span(n, 5))
                for n, character_id in enumerate(MORE)
            )
        )
        await casts.put(VERSION, bare)
        assert await casts.get(VERSION, WHOLE_BOOK) == bare.up_to(WHOLE_BOOK)

    async def test_an_empty_cast_keeps_its_warnings(self, casts: CastRepository) -> None:
        silent = Cast(warnings=("No dialogue was found.",))
        await casts.put(VERSION, silent)
        assert await casts.get(VERSION, WHOLE_BOOK) == silent

    async def test_names_in_any_script_are_kept(self, casts: CastRepository) -> None:
        name = "Ἀχιλλεύς “O’Brien” \U0001f642 ; DROP TABLE casts"
        cast = Cast(characters=(Character(LOUISA, name, (Alias(name, 9),), Span(0, 9)),))
        await casts.put(VERSION, cast)
        assert await casts.get(VERSION, WHOLE_BOOK) == cast.up_to(WHOLE_BOOK)

    async def test_a_cast_is_replaced_as_a_whole(self, casts: CastRepository) -> None:
        await casts.put(VERSION, CAST)
        await casts.get(VERSION, WHOLE_BOOK)
        smaller = replace(CAST, quotes=(), merges=(), mentions=CAST.mentions[:1], warnings=())
        for _ in range(2):
            await casts.put(VERSION, smaller)
        assert await casts.get(VERSION, WHOLE_BOOK) == smaller.up_to(WHOLE_BOOK)

    async def test_the_whole_of_it_is_as_it_was_put(self, casts: CastRepository) -> None:
        assert await casts.whole(VERSION) == Cast()
        await casts.put(VERSION, CAST)
        await casts.get(VERSION, Frontier(100))
        for _ in range(2):
            assert await casts.whole(VERSION) == CAST

    async def test_each_put_has_a_revision_of_its_own(self, casts: CastRepository) -> None:
        assert await casts.revision(VERSION) == ""
        revisions = []
        for _ in range(2):
            await casts.put(VERSION, CAST)
            revisions.append(await casts.revision(VERSION))
            assert await casts.revision(VERSION) == revisions[-1]
        assert len({"", *revisions}) == 3
        await casts.delete(VERSION)
        assert await casts.revision(VERSION) == ""

    async def test_versions_and_books_do_not_mix(self, casts: CastRepository) -> None:
        others = [ContentVersion(VERSION.book_id, 2), ContentVersion(ANOTHER, 1)]
        await casts.put(VERSION, CAST)
        for other in others:
            assert await casts.get(other, WHOLE_BOOK) == Cast()
            await casts.put(other, replace(CAST, characters=CAST.characters[:1]))
        assert await casts.get(VERSION, WHOLE_BOOK) == CAST.up_to(WHOLE_BOOK)

    async def test_a_deleted_cast_is_gone_and_the_others_stay(self, casts: CastRepository) -> None:
        newer = ContentVersion(VERSION.book_id, 2)
        await casts.put(VERSION, CAST)
        await casts.put(newer, CAST)
        await casts.get(VERSION, WHOLE_BOOK)
        for _ in range(2):
            await casts.delete(VERSION)
        assert await casts.get(VERSION, WHOLE_BOOK) == Cast()
        assert await casts.get(newer, WHOLE_BOOK) == CAST.up_to(WHOLE_BOOK)


class TestMemoryCasts(CastRepositoryContract):
    @pytest.fixture
    def casts(self) -> CastRepository:
        return MemoryCastRepository()


class TestSqliteCasts(CastRepositoryContract):
    @pytest.fixture
    def casts(self, database: Database) -> CastRepository:
        return SqliteCastRepository(database)

    async def test_a_killed_process_loses_nothing(
        self, casts: CastRepository, second_database: Database
    ) -> None:
        await casts.put(VERSION, CAST)
        reopened = SqliteCastRepository(second_database)
        assert await reopened.get(VERSION, WHOLE_BOOK) == CAST.up_to(WHOLE_BOOK)

    async def test_a_cast_that_another_process_replaced_is_read_anew(
        self, casts: CastRepository, second_database: Database
    ) -> None:
        await casts.put(VERSION, CAST)
        await casts.get(VERSION, WHOLE_BOOK)
        await SqliteCastRepository(second_database).put(VERSION, Cast())
        assert await casts.get(VERSION, WHOLE_BOOK) == Cast()


class TestSupabaseCasts(CastRepositoryContract):
    @pytest.fixture
    def casts(self, supabase: SupabaseClient) -> CastRepository:
        return SupabaseCastRepository(supabase)

    async def test_a_cast_that_another_process_replaced_is_read_anew(
        self, casts: CastRepository, supabase: SupabaseClient
    ) -> None:
        await casts.put(VERSION, CAST)
        await casts.get(VERSION, WHOLE_BOOK)
        await SupabaseCastRepository(supabase).put(VERSION, Cast())
        assert await casts.get(VERSION, WHOLE_BOOK) == Cast()

    async def test_a_large_cast_is_read_whole_however_few_rows_the_server_gives_at_once(
        self, casts: CastRepository
    ) -> None:
        large = replace(
            CAST, mentions=tuple(Mention(Span(n, n + 2), LOUISA) for n in range(0, 5000, 2))
        )
        await casts.put(VERSION, large)
        assert len((await casts.get(VERSION, WHOLE_BOOK)).mentions) == 2500

    async def test_readers_never_see_half_of_a_cast(
        self, casts: CastRepository, supabase: SupabaseClient
    ) -> None:
        other = replace(CAST, quotes=(), merges=(), mentions=CAST.mentions[:2])
        whole = [cast.up_to(WHOLE_BOOK) for cast in (CAST, other)]
        await casts.put(VERSION, CAST)

        async def write() -> None:
            for _ in range(5):
                for cast in (other, CAST):
                    await casts.put(VERSION, cast)

        writing = asyncio.create_task(write())
        seen = []
        while not writing.done():
            seen.append(await SupabaseCastRepository(supabase).get(VERSION, WHOLE_BOOK))
        await writing
        assert all(cast in whole for cast in seen)
