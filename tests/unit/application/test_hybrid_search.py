import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from adapters.outbound.memory.books import MemoryBookRepository
from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.embedder import TermEmbedder
from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.memory.metrics import MemoryMetrics
from adapters.outbound.memory.passages import MemoryPassageRepository
from adapters.outbound.memory.reranker import OverlapReranker
from adapters.outbound.memory.token_vectors import MemoryBookTokens, MemoryTokenVectors
from adapters.outbound.memory.vector_index import MemoryVectorIndex
from adapters.outbound.reranking.learned_order import load_learned
from application import search_legs
from application.hybrid_search import MAX_QUERY_CHARACTERS, HybridSearch, SearchRequest
from application.late_interaction import LateInteraction
from application.ports.embedder import EmbeddingKind, Vector
from application.ports.keyword_index import KeywordCandidate
from application.ports.reranker import Reranker
from application.ports.token_vectors import BookTokens, EncodedQuery, Levels
from application.ports.vector_index import Candidate, VectorEntry
from domain.book import BookLayout, Chapter, ContentVersion, SourceAnchor
from domain.cast import Alias, Cast, Character, Merge
from domain.errors import (
    InvalidQuery,
    ModelUnavailable,
    StoreUnavailable,
    TextNotFound,
)
from domain.features import Features
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import BookId, CharacterId
from domain.passage import Passage, SearchResult
from domain.ranking import Learned
from domain.span import Span

VERSION = ContentVersion(BookId("book"), 1)
PARTS = [
    ("The Lamp", "The keeper polished the great lamp."),
    ("The Lamp", "A storm was coming up from the west."),
    ("The Boat", "A boat came in with a letter for the keeper."),
    ("The Boat", "He read the letter by the lamp, and burned it."),
]


class Library:
    """HybridSearch over one small book in the shipped fakes."""

    def __init__(self) -> None:
        self.books = MemoryBookRepository()
        self.casts = MemoryCastRepository()
        self.passages = MemoryPassageRepository()
        self.embedder = TermEmbedder()
        self.vectors = MemoryVectorIndex()
        self.keywords = MemoryKeywordIndex()
        self.token_vectors = MemoryTokenVectors()
        self.metrics = MemoryMetrics()
        self.search = self.with_reranker(None)

    def with_reranker(self, reranker: Reranker | None) -> HybridSearch:
        return HybridSearch(
            books=self.books,
            casts=self.casts,
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            metrics=self.metrics,
            reranker=reranker,
        )

    async def fill(self, parts: Sequence[tuple[str, str]] = PARTS) -> None:
        passages, layout = laid_out(parts)
        await self.books.put_layout(VERSION, layout)
        await self.passages.put(VERSION, passages)
        await self.keywords.create(VERSION)
        await self.keywords.upsert(VERSION, passages)
        await self.vectors.create(VERSION, self.embedder.model, self.embedder.dimension)
        vectors = await self.embedder.embed([p.text for p in passages], "document")
        entries = [
            VectorEntry(p.index, p.index, p.span, v) for p, v in zip(passages, vectors, strict=True)
        ]
        await self.vectors.upsert(VERSION, entries)

    def with_tokens(self, learned: Learned | None = None) -> HybridSearch:
        """And token vectors, where `keep_tokens` has kept some."""
        return HybridSearch(
            books=self.books,
            casts=MemoryCastRepository(),
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            metrics=self.metrics,
            late_interaction=LateInteraction(encoder=self.embedder, store=self.token_vectors),
            learned=learned,
        )

    async def keep_tokens(self) -> None:
        async def levels() -> AsyncIterator[list[Levels]]:
            for passage in self.passages.passages[VERSION]:
                (encoded,) = await self.embedder.encode([passage.text])
                yield [encoded.tokens.levels]

        encoder = self.embedder
        await self.token_vectors.put(VERSION, encoder.encoding, encoder.token_width, levels())

    async def ask(self, query: str, **wanted: object) -> SearchResult:
        return await self.search.search(replace(SearchRequest(VERSION, query), **wanted))  # type: ignore[arg-type]


def laid_out(parts: Sequence[tuple[str, str]]) -> tuple[list[Passage], BookLayout]:
    passages: list[Passage] = []
    chapters: list[Chapter] = []
    end = 0
    for title, text in parts:
        span = Span(end, end + len(text))
        end = span.end + 1
        if not chapters or chapters[-1].title != title:
            chapters.append(Chapter(len(chapters), title, span))
        else:
            chapters[-1] = replace(chapters[-1], span=Span(chapters[-1].span.start, span.end))
        passages.append(Passage(len(passages), span, chapters[-1].index, text))
    return passages, BookLayout(end, tuple(chapters))


@pytest.fixture
async def library() -> Library:
    library = Library()
    await library.fill()
    return library


def indices(result: SearchResult) -> list[int]:
    return [hit.passage.index for hit in result.hits]


async def test_a_passage_of_an_epub_is_found_there(library: Library) -> None:
    layout = await library.books.layout(VERSION)
    anchor = SourceAnchor(0, "text/1.xhtml", 0, f"/6/2!/4/2/1:0+{layout.length}")
    assert {hit.epub for hit in (await library.ask("the keeper")).hits} == {None}
    await library.books.put_layout(VERSION, replace(layout, anchors=(anchor,)))
    for hit in (await library.ask("the keeper")).hits:
        span = hit.passage.span
        assert hit.epub
        assert hit.epub.cfi == f"epubcfi(/6/2!/4/2,/1:{span.start},/1:{span.end})"


async def test_the_best_passage_comes_first_with_its_chapter(library: Library) -> None:
    result = await library.ask("Who burned the letter?")
    first = result.hits[0]
    assert (first.rank, first.passage.index, first.chapter_title) == (1, 3, "The Boat")
    assert [hit.rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    assert result.signals == ("vectors", "keywords")
    assert result.degraded == ()


async def test_matched_words_are_highlighted_where_they_stand(library: Library) -> None:
    (first, *_) = (await library.ask("burning letters")).hits
    text = first.passage.text
    start = first.passage.span.start
    marked = [text[s.start - start : s.end - start] for s in first.highlights]
    assert marked == ["letter", "burned"]


async def test_no_more_than_the_limit(library: Library) -> None:
    assert len((await library.ask("keeper lamp letter", limit=2)).hits) == 2


async def test_a_passage_found_by_both_legs_comes_once(library: Library) -> None:
    found = indices(await library.ask("the keeper's lamp and the letter"))
    assert len(found) == len(set(found))


async def test_what_lies_beyond_the_frontier_does_not_exist(library: Library) -> None:
    passages, _ = laid_out(PARTS)
    for read in range(len(PARTS) + 1):
        up_to = Frontier(passages[read - 1].span.end if read else 0)
        result = await library.ask("keeper lamp letter storm boat", up_to=up_to)
        assert set(indices(result)) <= set(range(read))


async def test_a_title_that_was_not_reached_is_not_told(library: Library) -> None:
    layout = library.books.layouts[VERSION]
    heading = Span(layout.length - 5, layout.length - 1)
    second = replace(layout.chapters[1], heading=heading)
    await library.books.put_layout(VERSION, replace(layout, chapters=(layout.chapters[0], second)))
    before = await library.ask("boat", up_to=Frontier(heading.end - 1), limit=1)
    assert [hit.chapter_title for hit in before.hits] == [""]
    after = await library.ask("boat", up_to=Frontier(heading.end), limit=1)
    assert [hit.chapter_title for hit in after.hits] == ["The Boat"]


async def test_keywords_may_differ_from_the_query(library: Library) -> None:
    result = await library.ask("storm from the west", keywords="burned")
    assert indices(result)[0] == 3
    assert 1 in indices(result)
    assert library.embedder.embedded[-1] == "storm from the west"


async def test_each_leg_is_asked_in_its_own_words(library: Library) -> None:
    class Asked(MemoryKeywordIndex):
        async def search(
            self, version: ContentVersion, query: str, up_to: Frontier, limit: int
        ) -> list[KeywordCandidate]:
            asked.append(query)
            return await super().search(version, query, up_to, limit)

    asked: list[str] = []
    library.keywords = Asked()
    await library.fill()
    await library.with_reranker(None).search(
        SearchRequest(VERSION, "What came from the west?", keywords="storm")
    )
    assert asked == ["storm"]
    assert library.embedder.embedded[-1] == "What came from the west?"


@pytest.mark.parametrize("query", ["", "   ", "\n"])
async def test_an_empty_query_is_refused(library: Library, query: str) -> None:
    with pytest.raises(InvalidQuery, match="empty"):
        await library.ask(query)
    with pytest.raises(InvalidQuery, match="empty"):
        await library.ask("lamp", keywords=query)


async def test_a_query_that_is_too_long_is_refused(library: Library) -> None:
    with pytest.raises(InvalidQuery, match="100,000 characters; give at most 2,000"):
        await library.ask("x" * 100_000)
    assert (await library.ask("lamp " * (MAX_QUERY_CHARACTERS // 5))).hits


@pytest.mark.parametrize("query", ["?!", "🕯️ 🗝️", "…", "\x00"])
async def test_a_query_without_a_word_finds_nothing(library: Library, query: str) -> None:
    assert await library.ask(query) == SearchResult(hits=())


async def test_a_query_of_stop_words_is_searched_by_meaning(library: Library) -> None:
    result = await library.ask("who was it?")
    assert result.degraded == ()
    assert all(hit.highlights == () for hit in result.hits)


async def test_a_version_without_a_text_is_told(library: Library) -> None:
    with pytest.raises(TextNotFound):
        await library.search.search(SearchRequest(ContentVersion(BookId("none"), 1), "lamp"))


class BrokenKeywords(MemoryKeywordIndex):
    async def search(
        self, version: ContentVersion, query: str, up_to: Frontier, limit: int
    ) -> list[KeywordCandidate]:
        raise StoreUnavailable("The keyword store is away.")


class BrokenEmbedder(TermEmbedder):
    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
        raise ModelUnavailable("The embedding model is away.")


class BrokenReranker(OverlapReranker):
    async def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[int]:
        raise ModelUnavailable("The reranker is away.")


async def test_without_keywords_the_vectors_answer(library: Library) -> None:
    library.keywords = BrokenKeywords()
    result = await library.with_reranker(None).search(SearchRequest(VERSION, "burned letter"))
    assert indices(result)[0] == 3
    assert result.signals == ("vectors",)
    assert result.degraded == ("Searched by meaning alone. The keyword store is away.",)
    assert [degraded for _, degraded in library.metrics.searches] == [True]
    assert library.metrics.missing_legs == ["keywords"]


async def test_without_vectors_the_keywords_answer(library: Library) -> None:
    library.embedder = BrokenEmbedder()
    result = await library.with_reranker(None).search(SearchRequest(VERSION, "burned letter"))
    assert indices(result)[0] == 3
    assert result.signals == ("keywords",)
    assert result.degraded == ("Searched by words alone. The embedding model is away.",)
    assert library.metrics.missing_legs == ["vectors"]


async def test_vectors_of_another_model_leave_the_keywords(library: Library) -> None:
    await library.vectors.create(VERSION, "another", 3)
    result = await library.ask("burned letter")
    assert result.signals == ("keywords",)
    assert "another" in result.degraded[0]


async def test_when_both_legs_fail_the_search_fails(library: Library) -> None:
    library.keywords, library.embedder = BrokenKeywords(), BrokenEmbedder()
    with pytest.raises(StoreUnavailable, match=r"model is away\. The keyword store is away"):
        await library.with_reranker(None).search(SearchRequest(VERSION, "letter"))
    assert library.metrics.searches == []
    assert library.metrics.missing_legs == ["vectors", "keywords"]


async def test_a_leg_that_stalls_does_not_hold_up_the_other(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StallingEmbedder(TermEmbedder):
        async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[Vector]:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(search_legs, "LONGEST_LEG", 0.05)
    library.embedder = StallingEmbedder()
    result = await library.with_reranker(None).search(SearchRequest(VERSION, "burned letter"))
    assert indices(result)[0] == 3
    assert result.degraded == ("Searched by words alone. It took too long.",)


async def test_a_reranker_has_the_last_word(library: Library) -> None:
    class Backwards(OverlapReranker):
        async def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[int]:
            return list(range(len(passages)))[::-1][:limit]

    request = SearchRequest(VERSION, "keeper lamp letter", limit=2)
    plain = await library.search.search(replace(request, limit=10))
    result = await library.with_reranker(Backwards()).search(request)
    assert indices(result) == indices(plain)[::-1][:2]
    assert result.signals == ("vectors", "keywords", "reranker")


async def test_without_its_reranker_our_own_order_stands(library: Library) -> None:
    request = SearchRequest(VERSION, "keeper lamp letter", limit=2)
    result = await library.with_reranker(BrokenReranker()).search(request)
    assert indices(result) == indices(await library.search.search(request))
    assert result.degraded == ("Not reranked. The reranker is away.",)
    assert library.metrics.missing_legs == ["reranker"]


async def test_every_search_is_measured(library: Library) -> None:
    await library.ask("letter")
    ((seconds, degraded),) = library.metrics.searches
    assert seconds >= 0
    assert not degraded
    assert library.metrics.missing_legs == []


async def test_a_book_that_was_added_again_is_searched_as_it_is_now(library: Library) -> None:
    await library.ask("letter")
    await library.fill([("New", "A dog."), ("New", "Some cats."), ("New", "A letter, burned.")])
    assert indices(await library.ask("burned letter"))[0] == 2
    await library.fill([("Newer", "Burned letters.")])
    assert indices(await library.ask("burned letter")) == [0]


async def test_an_empty_book_is_searched_in_vain() -> None:
    library = Library()
    await library.fill([])
    assert (await library.ask("letter")).hits == ()


class TestTokens:
    """Late interaction: each of the query's words takes its nearest in a passage."""

    REQUEST = SearchRequest(VERSION, "Who burned the letter?")

    @pytest.fixture
    def compared(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The passages that were looked at."""
        compared: list[int] = []
        nearest = MemoryBookTokens.nearest

        def watched(
            tokens: MemoryBookTokens, query: Levels, passages: Sequence[int]
        ) -> dict[int, Sequence[float]]:
            compared.extend(passages)
            return nearest(tokens, query, passages)

        monkeypatch.setattr(MemoryBookTokens, "nearest", watched)
        return compared

    async def test_they_are_one_of_the_signals(self, library: Library) -> None:
        await library.keep_tokens()
        result = await library.with_tokens().search(self.REQUEST)
        assert indices(result)[0] == 3
        assert result.signals == ("vectors", "keywords", "tokens")
        assert result.degraded == ()

    async def test_the_query_is_encoded_once(self, library: Library) -> None:
        await library.keep_tokens()
        before = len(library.embedder.embedded)
        await library.with_tokens().search(self.REQUEST)
        assert library.embedder.embedded[before:] == [self.REQUEST.query]

    async def test_a_book_without_any_lacks_a_signal_and_nothing_else(
        self, library: Library
    ) -> None:
        result = await library.with_tokens().search(self.REQUEST)
        assert indices(result)[0] == 3
        assert result.signals == ("vectors", "keywords")
        assert result.degraded == ()

    async def test_those_that_cannot_be_read_are_told(self, library: Library) -> None:
        class Damaged(MemoryTokenVectors):
            async def read(
                self, version: ContentVersion, model: str, width: int
            ) -> BookTokens | None:
                raise StoreUnavailable("They are damaged.")

        library.token_vectors = Damaged()
        result = await library.with_tokens().search(self.REQUEST)
        assert indices(result)[0] == 3
        assert result.signals == ("vectors", "keywords")
        assert result.degraded == ("Ordered without the vectors of its words. They are damaged.",)
        assert library.metrics.missing_legs == ["tokens"]

    async def test_nothing_beyond_the_frontier_is_compared(
        self, library: Library, compared: list[int]
    ) -> None:
        await library.keep_tokens()
        passages, _ = laid_out(PARTS)
        request = replace(self.REQUEST, query="keeper lamp letter storm boat")
        for read in range(len(PARTS) + 1):
            compared.clear()
            up_to = Frontier(passages[read - 1].span.end if read else 0)
            await library.with_tokens().search(replace(request, up_to=up_to))
            assert set(compared) == set(range(read))

    async def test_what_a_store_tells_beyond_the_frontier_is_not_compared(
        self, library: Library, compared: list[int]
    ) -> None:
        class Telling(MemoryVectorIndex):
            async def search(
                self,
                version: ContentVersion,
                vector: Vector,
                model: str,
                up_to: Frontier,
                limit: int,
            ) -> list[Candidate]:
                return await super().search(version, vector, model, WHOLE_BOOK, limit)

        library.vectors = Telling()
        await library.fill()
        await library.keep_tokens()
        passages, _ = laid_out(PARTS)
        request = replace(self.REQUEST, up_to=Frontier(passages[1].span.end))
        result = await library.with_tokens().search(request)
        assert set(indices(result)) == set(compared) == {0, 1}

    async def test_those_beside_what_was_found_are_compared_too(
        self, library: Library, compared: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await library.keep_tokens()
        monkeypatch.setattr(search_legs, "CANDIDATES", 1)
        result = await library.with_tokens().search(replace(self.REQUEST, limit=1))
        assert indices(result) == [3]
        assert compared == [2, 3]

    async def test_what_was_learned_has_the_last_word(self, library: Library) -> None:
        class Backwards:
            def __init__(self) -> None:
                self._seen = 0

            def score(self, inputs: Features) -> float:
                self._seen += 1
                return self._seen

        class AsItIs(Backwards):
            def score(self, inputs: Features) -> float:
                return -super().score(inputs)

        learned = Learned(with_tokens=Backwards(), without=AsItIs())
        by_hand = indices(await library.with_tokens().search(self.REQUEST))
        assert indices(await library.with_tokens(learned).search(self.REQUEST)) == by_hand
        await library.keep_tokens()
        by_hand = indices(await library.with_tokens().search(self.REQUEST))
        assert indices(await library.with_tokens(learned).search(self.REQUEST)) == by_hand[::-1]

    @pytest.mark.parametrize("query", ["letter", "lamp " * 390, "who was it?", "Ω", "the 9th"])
    @pytest.mark.parametrize("parts", [PARTS, PARTS[:1], [("One", "* * *"), ("One", "A letter.")]])
    async def test_what_ships_orders_any_query_in_any_book_at_any_frontier(
        self, query: str, parts: list[tuple[str, str]]
    ) -> None:
        library = Library()
        await library.fill(parts)
        await library.keep_tokens()
        search = library.with_tokens(load_learned())
        passages, layout = laid_out(parts)
        for end in (0, *(passage.span.end for passage in passages), layout.length):
            result = await search.search(SearchRequest(VERSION, query, up_to=Frontier(end)))
            visible = [passage.index for passage in passages if passage.span.end <= end]
            assert sorted(indices(result)) == visible
            assert result.degraded == ()

    async def test_a_query_of_stop_words_has_none(
        self, library: Library, compared: list[int]
    ) -> None:
        await library.keep_tokens()
        result = await library.with_tokens().search(replace(self.REQUEST, query="who was it?"))
        assert "tokens" not in result.signals
        assert compared == []

    async def test_a_query_that_cannot_be_encoded_has_none(self, library: Library) -> None:
        class NoEncoder(TermEmbedder):
            async def encode_query(self, query: str) -> EncodedQuery:
                raise ModelUnavailable("The embedding model is away.")

        await library.keep_tokens()
        library.embedder = NoEncoder()
        result = await library.with_tokens().search(self.REQUEST)
        assert result.signals == ("keywords",)
        assert result.degraded == ("Searched by words alone. The embedding model is away.",)

    async def test_the_store_of_the_passages_vectors_may_be_away(self, library: Library) -> None:
        class Away(MemoryVectorIndex):
            async def search(
                self,
                version: ContentVersion,
                vector: Vector,
                model: str,
                up_to: Frontier,
                limit: int,
            ) -> list[Candidate]:
                raise StoreUnavailable("The vectors are away.")

        await library.keep_tokens()
        library.vectors = Away()
        result = await library.with_tokens().search(self.REQUEST)
        assert result.signals == ("keywords", "tokens")
        assert result.degraded == ("Searched by words alone. The vectors are away.",)


async def test_whoever_turns_out_to_be_another_is_found_by_the_older_name_from_then_on() -> None:
    library = Library()
    supper = ["Voice", "landlord", "groom", "cook"]
    await library.fill([("One", f"The {who} asked for supper.") for who in supper])
    people = [
        Character(CharacterId(name), name, (Alias(name, since),), Span(0, 5))
        for name, since in (("Voice", 50), ("Griffin", 50_000))
    ]
    revealed = Merge(CharacterId("Voice"), CharacterId("Griffin"), 60_000)
    await library.casts.put(VERSION, Cast(tuple(people), merges=(revealed,)))

    async def first(up_to: Frontier) -> str:
        return (await library.ask("Did Griffin ask for supper?", up_to=up_to)).hits[0].passage.text

    assert "Voice" in await first(WHOLE_BOOK)
    assert "Voice" not in await first(Frontier(59_999))
