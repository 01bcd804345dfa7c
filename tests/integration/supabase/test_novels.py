"""The cast and the passages of a whole novel, where FALSAFA_EVAL_DIR has one."""

import os
from pathlib import Path

import pytest

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.supabase.casts import SupabaseCastRepository
from adapters.outbound.supabase.client import SupabaseClient
from domain.book import ContentVersion
from domain.character_ids import with_lasting_ids
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR")
VERSION = ContentVersion(BookId("10000000-0000-0000-0000-000000000001"), 1)


@pytest.mark.slow
@pytest.mark.eval_data
@pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data")
async def test_the_cast_of_a_novel_comes_back_as_it_was_put(supabase: SupabaseClient) -> None:
    text = Path(str(EVAL_DIR), "pdnc-dev", "HardTimes", "novel_text.txt").read_bytes().decode()
    cast = with_lasting_ids(VERSION.book_id, extract_cast(text))
    assert len(cast.mentions) > 2000
    await SupabaseCastRepository(supabase).put(VERSION, cast)
    casts = SupabaseCastRepository(supabase)
    for up_to in (Frontier(len(text) // 2), WHOLE_BOOK):
        assert await casts.get(VERSION, up_to) == cast.up_to(up_to)
