from array import array
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.memory.embedder import TermEmbedder
from adapters.outbound.memory.token_vectors import MemoryTokenVectors
from application.late_interaction import (
    MAX_ADAPTED_TOKENS,
    MAX_QUERY_TOKENS,
    LateInteraction,
)
from application.ports.token_vectors import (
    QUERY_HEADS,
    AdaptedTokens,
    BookTokens,
    Encoded,
    EncodedQuery,
    Levels,
    TextTokens,
)
from domain.book import BookLayout, Chapter, ContentVersion
from domain.errors import StoreUnavailable
from domain.ids import BookId
from domain.span import Span
from domain.terms import words_for_search
from domain.token_matches import TokenMatches

VERSION, OTHER = ContentVersion(BookId("one"), 1), ContentVersion(BookId("two"), 1)
LAYOUT = BookLayout(100, (Chapter(0, "One", Span(0, 100)),))
TEXTS = ["The keeper polished the great lamp.", "A storm was coming."]


class Pieces(TermEmbedder):
    """Tokens as models have them: every word, mark and stop word, in pieces of four letters. Of the
    heads the second turns them all around."""

    async def encode(self, texts: Sequence[str]) -> list[Encoded]:
        vectors = await self.embed(texts, "document")
        return [Encoded(v, self._pieces(t)) for v, t in zip(vectors, texts, strict=True)]

    async def encode_query(self, query: str) -> EncodedQuery:
        (vector,) = await self.embed([query], "query")
        tokens = self._pieces(query)
        turned = array("b", [-level for level in tokens.levels])
        weights = ((1.0,) * len(tokens.spans),) * QUERY_HEADS
        levels = tokens.levels + turned + tokens.levels
        adapted = AdaptedTokens(tokens.spans, levels, weights, weights)
        return EncodedQuery(vector, tokens, adapted)

    def _pieces(self, text: str) -> TextTokens:
        spans, start = [], 0
        for end in range(1, len(text) + 1):
            whole = end - start == 4 or end == len(text) or not text[start : end + 1].isalpha()
            if whole:
                if text[start:end].strip():
                    spans.append(Span(start, end))
                start = end
        return TextTokens(tuple(spans), array("b", [1] * (len(spans) * self.token_width)))


class CountingStore(MemoryTokenVectors):
    def __init__(self) -> None:
        super().__init__()
        self.reads: list[ContentVersion] = []

    async def read(self, version: ContentVersion, model: str, width: int) -> BookTokens | None:
        self.reads.append(version)
        return await super().read(version, model, width)


async def filled(late: LateInteraction, *versions: ContentVersion) -> None:
    async def levels() -> AsyncIterator[Sequence[Levels]]:
        yield [e.tokens.levels for e in await late.encode(TEXTS)]

    for version in versions:
        await late.put(version, levels())


async def matches(
    late: LateInteraction, query: str, passages: Sequence[int] = (0, 1)
) -> TokenMatches | None:
    book = await late.book(VERSION, LAYOUT)
    assert book is not None
    return await late.matches(book, query, await late.encode_query(query), passages)


async def test_the_words_of_a_query_meet_those_of_the_passages() -> None:
    late = LateInteraction(encoder=TermEmbedder(), store=MemoryTokenVectors())
    await filled(late, VERSION)
    found = await matches(late, "Is there a storm by the lamps?")
    assert found is not None
    assert found.words == ("storm", "lamps")
    assert found.cosines[0] == pytest.approx([0, 1])
    assert found.cosines[1] == pytest.approx([1, 0])


async def test_pieces_belong_to_their_word_and_small_words_and_marks_have_none() -> None:
    late = LateInteraction(encoder=Pieces(), store=MemoryTokenVectors())
    await filled(late, VERSION)
    found = await matches(late, "Who polished the lamp?!")
    assert found is not None
    assert found.words == ("polished", "polished", "lamp")
    assert all(len(cosines) == 3 for cosines in found.cosines.values())


class Cut(TermEmbedder):
    """A token from each of the places to the next, white space and all."""

    def __init__(self, places: Sequence[int]) -> None:
        super().__init__()
        self._places = places

    async def encode_query(self, query: str) -> EncodedQuery:
        (vector,) = await self.embed([query], "query")
        spans = tuple(Span(start, end) for start, end in pairwise(self._places))
        levels = array("b", [1] * (len(spans) * self.token_width))
        weights = ((1.0,) * len(spans),) * QUERY_HEADS
        adapted = AdaptedTokens(spans, levels * QUERY_HEADS, weights, weights)
        return EncodedQuery(vector, TextTokens(spans, levels), adapted)


@given(text=st.text(st.sampled_from("lamp the\u0301ÉI' -?"), max_size=60), data=st.data())
async def test_a_token_is_of_the_word_that_it_stands_in_however_a_model_cuts(
    text: str, data: st.DataObject
) -> None:
    # No place of an end may come twice, but for the marks of both ends, which are of no length.
    inner = data.draw(st.sets(st.integers(0, len(text)), max_size=40))
    places = [0, 0, *sorted(inner - {0}), len(text), len(text)]
    late = LateInteraction(encoder=Cut(places), store=MemoryTokenVectors())
    await filled(late, VERSION)
    words = list(words_for_search(text))
    expected = [
        next((w.of(text) for w in words if start < end and w.start <= start and end <= w.end), "")
        for start, end in pairwise(places)
    ]
    found = await matches(late, text)
    if not any(expected):
        assert found is None
        return
    assert found is not None
    assert list(found.adapted.words) == expected
    assert list(found.words) == [word for word in expected if word][:MAX_QUERY_TOKENS]


async def test_a_long_query_is_cut() -> None:
    late = LateInteraction(encoder=Pieces(), store=MemoryTokenVectors())
    await filled(late, VERSION)
    found = await matches(late, "lamp " * 1000)
    assert found is not None
    assert len(found.words) == MAX_QUERY_TOKENS
    assert len(found.adapted.words) == MAX_ADAPTED_TOKENS
    assert [len(factors) for factors in found.adapted.factors] == [MAX_ADAPTED_TOKENS] * QUERY_HEADS
    assert [len(shares) for shares in found.adapted.shares] == [MAX_ADAPTED_TOKENS] * QUERY_HEADS
    (row,) = found.adapted.nearest([0]).values()
    assert len(row) == MAX_ADAPTED_TOKENS * QUERY_HEADS
    first, turned = row[:MAX_ADAPTED_TOKENS], row[MAX_ADAPTED_TOKENS : 2 * MAX_ADAPTED_TOKENS]
    assert [-cosine for cosine in turned] == list(first)


async def test_moved_tokens_are_compared_when_they_are_asked_for() -> None:
    late = LateInteraction(encoder=Pieces(), store=MemoryTokenVectors())
    await filled(late, VERSION)
    found = await matches(late, "Who polished the lamp?!")
    assert found is not None
    assert found.adapted.words == ("", "polished", "polished", "", "lamp", "", "")
    (row,) = found.adapted.nearest([1, 7]).values()
    assert all(one == -other for one, other in zip(row[:7], row[7:14], strict=True))


async def test_passages_that_the_book_lacks_are_passed_over() -> None:
    late = LateInteraction(encoder=TermEmbedder(), store=MemoryTokenVectors())
    await filled(late, VERSION)
    found = await matches(late, "lamp", (1, 7))
    assert found is not None
    assert list(found.cosines) == [1]


async def test_a_book_is_read_once() -> None:
    store = CountingStore()
    late = LateInteraction(encoder=TermEmbedder(), store=store)
    await filled(late, VERSION)
    for _ in range(2):
        assert await late.book(VERSION, LAYOUT)
    assert store.reads == [VERSION]


async def test_a_book_without_any_may_have_some_when_it_is_added_again() -> None:
    late = LateInteraction(encoder=TermEmbedder(), store=MemoryTokenVectors())
    assert await late.book(VERSION, LAYOUT) is None
    await filled(late, VERSION)
    assert await late.book(VERSION, LAYOUT)


async def test_a_book_of_another_layout_is_read_again() -> None:
    store = CountingStore()
    late = LateInteraction(encoder=TermEmbedder(), store=store)
    await filled(late, VERSION)
    await late.book(VERSION, LAYOUT)
    await late.book(VERSION, BookLayout(99, LAYOUT.chapters))
    assert store.reads == [VERSION, VERSION]


async def test_books_in_memory_stay_within_their_room() -> None:
    store = CountingStore()
    late = LateInteraction(encoder=TermEmbedder(), store=store, max_bytes=500)
    await filled(late, VERSION, OTHER)
    for version in (VERSION, OTHER, VERSION):
        book = await late.book(version, LAYOUT)
        assert book is not None
        assert late.nbytes == book.nbytes <= 500
    assert len(store.reads) == 3


async def test_a_store_that_was_away_is_asked_again() -> None:
    class Away(CountingStore):
        async def read(self, version: ContentVersion, model: str, width: int) -> BookTokens | None:
            found = await super().read(version, model, width)
            if len(self.reads) == 1:
                raise StoreUnavailable("Away.")
            return found

    late = LateInteraction(encoder=TermEmbedder(), store=Away())
    await filled(late, VERSION)
    with pytest.raises(StoreUnavailable):
        await late.book(VERSION, LAYOUT)
    assert await late.book(VERSION, LAYOUT)
