from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from adapters.outbound.booknlp.extractor import BookNlpExtractor
from adapters.outbound.cast.extractor import BuiltinCharacterExtractor
from adapters.outbound.memory.character_extractor import TaggedSpeechExtractor
from application.ports.character_extractor import CharacterExtractor
from domain.book import BookLayout
from domain.cast import Cast
from domain.errors import WorkerCrashed
from tests.stubs.booknlp import StubLibrary

TEXT = '"Come in," said Ada. Then Ada smiled.\n\n"I will," said Ben, and Ben came in.'


async def extract(extractor: CharacterExtractor, text: str) -> Cast:
    return (await extractor.extract(text, BookLayout(len(text), ()), "en")).cast


class CharacterExtractorContract:
    @pytest.fixture
    def extractor(self) -> CharacterExtractor:
        raise NotImplementedError

    async def test_lines_go_to_the_speakers_that_tags_name(
        self, extractor: CharacterExtractor
    ) -> None:
        cast = await extract(extractor, TEXT)
        names = {c.id: c.name for c in cast.characters}
        assert [(q.span.of(TEXT), q.speaker_id and names[q.speaker_id]) for q in cast.quotes] == [
            ("Come in,", "Ada"),
            ("I will,", "Ben"),
        ]

    async def test_positions_slice_to_their_text(self, extractor: CharacterExtractor) -> None:
        cast = await extract(extractor, TEXT)
        assert cast.mentions
        for mention in cast.mentions:
            assert mention.span.of(TEXT) == mention.alias

    async def test_counts_are_those_of_the_mentions_and_quotes(
        self, extractor: CharacterExtractor
    ) -> None:
        cast = await extract(extractor, TEXT)
        for character in cast.characters:
            assert character.mention_count == 2
            assert character.quote_count == 1
            assert character.name in {a.text for a in character.aliases}

    async def test_a_tag_that_follows_tells_the_speaker_at_its_end(
        self, extractor: CharacterExtractor
    ) -> None:
        first, _ = (await extract(extractor, TEXT)).quotes
        assert first.known_from == TEXT.index(" Then") - 1

    async def test_the_same_text_gives_the_same_cast(self, extractor: CharacterExtractor) -> None:
        assert await extract(extractor, TEXT) == await extract(extractor, TEXT)

    async def test_prepared_more_than_once_it_reads_as_ever(
        self, extractor: CharacterExtractor
    ) -> None:
        before = await extract(extractor, TEXT)
        await extractor.prepare()
        await extractor.prepare()
        assert await extract(extractor, TEXT) == before

    async def test_nobody_speaking_gives_an_empty_cast_with_a_warning(
        self, extractor: CharacterExtractor
    ) -> None:
        cast = await extract(extractor, "It rained all day.")
        assert (cast.characters, cast.quotes, cast.mentions) == ((), (), ())
        assert cast.warnings


class TestTaggedSpeechExtractor(CharacterExtractorContract):
    @pytest.fixture
    def extractor(self) -> CharacterExtractor:
        return TaggedSpeechExtractor()


class TestBookNlpExtractor(CharacterExtractorContract):
    """On files such as BookNLP writes; its own code runs in tests/integration/booknlp."""

    @pytest.fixture
    def extractor(self, tmp_path: Path) -> CharacterExtractor:
        return BookNlpExtractor(tmp_path, library=StubLibrary())


class TestBuiltinCharacterExtractor(CharacterExtractorContract):
    @pytest.fixture
    def extractor(self) -> Iterator[CharacterExtractor]:
        with ThreadPoolExecutor(1) as executor:
            yield BuiltinCharacterExtractor(executor)

    async def test_it_runs_in_another_process_too(self) -> None:
        with ProcessPoolExecutor(1) as executor:
            cast = await extract(BuiltinCharacterExtractor(executor), TEXT)
        assert [c.name for c in cast.characters] == ["Ada", "Ben"]

    async def test_a_worker_that_dies_is_a_crash_of_the_worker(self) -> None:
        with pytest.raises(WorkerCrashed):
            await extract(BuiltinCharacterExtractor(DyingExecutor(1)), TEXT)


class DyingExecutor(ThreadPoolExecutor):
    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("a worker was killed"))
        return future
