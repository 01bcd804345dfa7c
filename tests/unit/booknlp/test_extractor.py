import asyncio
from pathlib import Path

import pytest

from adapters.outbound.booknlp.conversion import NO_NAMES, NO_SPEECH
from adapters.outbound.booknlp.extractor import NOT_ENGLISH, BookNlpExtractor
from adapters.outbound.booknlp.library import BookNlpLibrary
from adapters.outbound.booknlp.model_folder import ModelFolder
from domain.book import BookLayout, Chapter
from domain.cast import Cast
from domain.errors import Misconfigured, ModelFailed
from domain.span import Span
from tests.stubs.booknlp import StubLibrary

TEXT = "Chapter of Ada\n\n“Come in,” said Ada."


def layout(text: str) -> BookLayout:
    return BookLayout(len(text), ())


@pytest.mark.parametrize("language", ["de", "fr-CA", "ENM"])
async def test_a_text_in_another_language_is_not_read_and_its_reader_is_told(
    tmp_path: Path, language: str
) -> None:
    library = StubLibrary()
    extractor = BookNlpExtractor(tmp_path, library=library)
    found = await extractor.extract(TEXT, layout(TEXT), language)
    assert (found.cast, found.documents) == (Cast(warnings=(NOT_ENGLISH,)), {})
    assert library.texts == []


@pytest.mark.parametrize("language", ["", "en", "en-GB", "EN"])
async def test_english_is_read_and_so_is_what_nobody_has_named(
    tmp_path: Path, language: str
) -> None:
    extractor = BookNlpExtractor(tmp_path, library=StubLibrary())
    found = await extractor.extract(TEXT, layout(TEXT), language)
    assert [c.name for c in found.cast.characters] == ["Ada"]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\ufeff\r\n", "\u2028\x85"])
async def test_a_text_without_a_word_never_reaches_the_library(tmp_path: Path, text: str) -> None:
    library = StubLibrary()
    found = await BookNlpExtractor(tmp_path, library=library).extract(text, layout(text), "en")
    assert found.cast == Cast(warnings=(NO_NAMES, NO_SPEECH))
    assert library.texts == []


async def test_headings_are_blank_to_it_and_positions_are_of_the_whole_text(tmp_path: Path) -> None:
    library = StubLibrary()
    chapter = Chapter(0, "Chapter of Ada", Span(0, len(TEXT)), heading=Span(0, 14))
    extractor = BookNlpExtractor(tmp_path, library=library)
    found = await extractor.extract(TEXT, BookLayout(len(TEXT), (chapter,)), "en")
    assert library.texts == [" " * 14 + TEXT[14:]]
    assert [m.span.of(TEXT) for m in found.cast.mentions] == ["Ada"]
    assert found.cast.mentions[0].span.start == TEXT.rindex("Ada")


async def test_who_gives_up_waiting_stops_it(tmp_path: Path) -> None:
    library = StubLibrary(waits=True)
    extractor = BookNlpExtractor(tmp_path, library=library)
    reading = asyncio.create_task(extractor.extract(TEXT, layout(TEXT), "en"))
    assert await asyncio.to_thread(library.running.wait, 30)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await asyncio.to_thread(library.stopped.wait, 30)


async def test_what_it_cannot_read_is_told(tmp_path: Path) -> None:
    extractor = BookNlpExtractor(tmp_path, library=StubLibrary(error=ModelFailed("It gave up.")))
    with pytest.raises(ModelFailed, match="gave up"):
        await extractor.extract(TEXT, layout(TEXT), "en")


async def test_it_is_loaded_when_the_worker_starts(tmp_path: Path) -> None:
    library = StubLibrary()
    extractor = BookNlpExtractor(tmp_path, library=library)
    assert library.loaded == 0
    await extractor.prepare()
    assert library.loaded == 1


@pytest.mark.parametrize("model", ["small", "big"])
async def test_without_models_the_check_says_what_to_run(tmp_path: Path, model: str) -> None:
    health = await BookNlpExtractor(tmp_path, model, library=StubLibrary()).check()
    assert not health.ok
    assert health.detail.startswith("entities_google_bert")
    assert health.detail.endswith("is not there. Run: falsafa models fetch")


async def test_each_model_has_a_folder_of_its_own(tmp_path: Path) -> None:
    folders = [BookNlpExtractor(tmp_path, model)._folder for model in ("small", "big")]
    assert [folder.root.relative_to(tmp_path).as_posix() for folder in folders] == [
        "booknlp/small",
        "booknlp/big",
    ]


async def test_without_the_extra_a_worker_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.outbound.booknlp.installation.find_spec", lambda _: None)
    with pytest.raises(Misconfigured, match="uv sync --extra booknlp"):
        await BookNlpExtractor(tmp_path).prepare()


def test_where_files_are_not_read_as_utf_8_a_worker_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "adapters.outbound.booknlp"
    monkeypatch.setattr(f"{package}.installation.find_spec", lambda _: object())
    monkeypatch.setattr(f"{package}.library.locale.getpreferredencoding", lambda _: "ISO-8859-1")
    folder = ModelFolder(tmp_path, BookNlpExtractor(tmp_path)._folder.catalogue)
    with pytest.raises(Misconfigured, match="PYTHONUTF8=1"):
        BookNlpLibrary(folder).load()
