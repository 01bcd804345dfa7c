import pytest

from adapters.outbound.memory.casts import MemoryCastRepository
from adapters.outbound.memory.embedder import TermEmbedder
from adapters.outbound.memory.keyword_index import MemoryKeywordIndex
from adapters.outbound.memory.passages import MemoryPassageRepository
from adapters.outbound.memory.token_counter import WordCounter
from adapters.outbound.memory.token_vectors import MemoryTokenVectors
from adapters.outbound.memory.vector_index import MemoryVectorIndex
from application.index_passages import BATCH, IndexPassages
from application.late_interaction import LateInteraction
from domain.book import BookLayout, Chapter, ContentVersion
from domain.cast import Alias, Cast, Character, Mention
from domain.frontier import WHOLE_BOOK
from domain.ids import BookId, CharacterId
from domain.span import Span

VERSION = ContentVersion(BookId("book"), 1)
SENTENCE = "The keeper of the lamp went down the long stairs to the harbour that night. "
TEXT = SENTENCE * 1000
LAYOUT = BookLayout(len(TEXT), (Chapter(0, "The Lamp", Span(0, len(TEXT))),))


class Indexing:
    def __init__(self) -> None:
        self.casts = MemoryCastRepository()
        self.passages = MemoryPassageRepository()
        self.vectors = MemoryVectorIndex()
        self.keywords = MemoryKeywordIndex()
        self.token_vectors = MemoryTokenVectors()
        self.embedder = TermEmbedder()
        self.told: list[tuple[float, str]] = []
        self.index = IndexPassages(
            casts=self.casts,
            passages=self.passages,
            embedder=self.embedder,
            vectors=self.vectors,
            keywords=self.keywords,
            tokens=WordCounter(),
            late_interaction=LateInteraction(encoder=self.embedder, store=self.token_vectors),
        )

    async def run(self, text: str = TEXT, layout: BookLayout = LAYOUT) -> int:
        count = await self.index.chunk(VERSION, text, layout)
        await self.index.embed(VERSION, self.tell)
        await self.index.index(VERSION)
        return count

    async def tell(self, fraction: float, detail: str) -> None:
        self.told.append((fraction, detail))


@pytest.fixture
def indexing() -> Indexing:
    return Indexing()


async def test_every_passage_is_in_both_indices(indexing: Indexing) -> None:
    count = await indexing.run()
    assert count > BATCH
    assert await indexing.passages.count(VERSION) == count
    assert await indexing.keywords.count(VERSION) == count
    entries = indexing.vectors.indices[VERSION].entries.values()
    assert {entry.passage_index for entry in entries} == set(range(count))


async def test_a_passage_has_a_vector_of_its_whole_and_of_each_window(indexing: Indexing) -> None:
    await indexing.run()
    passages = await indexing.passages.all(VERSION, WHOLE_BOOK)
    entries = indexing.vectors.indices[VERSION].entries.values()
    of_the_first = [entry for entry in entries if entry.passage_index == 0]
    assert len(of_the_first) > 2
    assert {entry.span for entry in of_the_first} == {passages[0].span}


async def test_the_vector_of_a_whole_passage_has_the_passages_number(indexing: Indexing) -> None:
    count = await indexing.run()
    entries = indexing.vectors.indices[VERSION].entries
    assert sorted(entries) == list(range(len(entries)))
    assert [entries[key].passage_index for key in range(count)] == list(range(count))
    whole = await TermEmbedder().embed(
        [TEXT[entries[1].span.start : entries[1].span.end]], "document"
    )
    assert entries[1].vector == whole[0]


async def test_every_passage_has_the_vectors_of_its_tokens(indexing: Indexing) -> None:
    count = await indexing.run()
    model, tokens = indexing.token_vectors.versions[VERSION]
    assert (model, len(tokens)) == (indexing.embedder.encoding, count)
    passages = await indexing.passages.all(VERSION, WHOLE_BOOK)
    (last,) = await indexing.embedder.encode([passages[-1].text])
    found = tokens.nearest(last.tokens.levels, [count - 1])
    assert found[count - 1] == pytest.approx([1.0] * len(last.tokens.spans))


async def test_each_text_is_run_once(indexing: Indexing) -> None:
    count = await indexing.run()
    entries = await indexing.vectors.count(VERSION)
    assert entries > count
    assert len(indexing.embedder.embedded) == entries


async def test_without_an_encoder_of_tokens_there_are_vectors_alone(indexing: Indexing) -> None:
    indexing.index = IndexPassages(
        casts=indexing.casts,
        passages=indexing.passages,
        embedder=indexing.embedder,
        vectors=indexing.vectors,
        keywords=indexing.keywords,
        tokens=WordCounter(),
    )
    count = await indexing.run()
    assert await indexing.vectors.count(VERSION) > count
    assert indexing.token_vectors.versions == {}


async def test_each_step_overwrites_its_earlier_run(indexing: Indexing) -> None:
    await indexing.run()
    before = await indexing.vectors.count(VERSION)
    assert await indexing.run() == await indexing.keywords.count(VERSION)
    assert await indexing.vectors.count(VERSION) == before


async def test_progress_is_told_as_it_goes(indexing: Indexing) -> None:
    count = await indexing.run()
    fractions = [fraction for fraction, _ in indexing.told]
    assert fractions == sorted(fractions)
    assert len(fractions) > 1
    assert indexing.told[-1] == (1.0, f"{count:,} of {count:,} passages")


async def test_the_cast_gives_the_context(indexing: Indexing) -> None:
    ada = Character(CharacterId("ada"), "Ada", (Alias("Ada", 0),), Span(0, 3))
    await indexing.casts.put(VERSION, Cast((ada,), mentions=(Mention(Span(4, 10), ada.id),)))
    await indexing.run()
    passages = await indexing.passages.all(VERSION, WHOLE_BOOK)
    assert [p.context for p in passages[:3]] == ["The Lamp. Ada", "The Lamp. Ada", "The Lamp"]


async def test_a_text_without_words_makes_empty_indices(indexing: Indexing) -> None:
    assert await indexing.run("  \n", BookLayout(3, (Chapter(0, "", Span(0, 3)),))) == 0
    assert await indexing.vectors.count(VERSION) == 0
    assert indexing.told == []
