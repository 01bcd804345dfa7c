"""BookNLP's real code, with networks in miniature that know one short text by heart."""

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.outbound.booknlp.catalogue import Catalogue
from adapters.outbound.booknlp.conversion import cast_of
from adapters.outbound.booknlp.extractor import BookNlpExtractor
from adapters.outbound.booknlp.files import Output, read
from adapters.outbound.booknlp.library import BookNlpLibrary, Stopped
from adapters.outbound.booknlp.model_files import BookNlpModelFiles
from adapters.outbound.booknlp.text import handed_over
from application.ports.character_extractor import CharacterExtractor
from application.ports.model_files import FetchProgress
from domain.book import BookLayout
from domain.errors import Misconfigured, ModelFailed, WorkerCrashed
from tests.contract.test_character_extractor import TEXT, CharacterExtractorContract

# BookNLP gives torch's tensors to NumPy as nobody does any more.
pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")


@pytest.fixture
def extractor(
    library: BookNlpLibrary,
    fetched: tuple[Path, list[FetchProgress]],
    catalogues: Mapping[str, Catalogue],
) -> BookNlpExtractor:
    return BookNlpExtractor(fetched[0], catalogues=catalogues, library=library)


class TestBookNlpExtractor(CharacterExtractorContract):
    @pytest.fixture
    def extractor(self, extractor: BookNlpExtractor) -> CharacterExtractor:
        return extractor


def run(library: BookNlpLibrary, text: str) -> Output:
    return read(library.run(handed_over(text, BookLayout(len(text), ())), lambda: False))


async def test_what_it_found_comes_as_five_documents(extractor: BookNlpExtractor) -> None:
    found = await extractor.extract(TEXT, BookLayout(len(TEXT), ()), "en")
    documents = {name: json.loads(content) for name, content in found.documents.items()}
    assert set(documents) == {
        "entities.json",
        "quotes.json",
        "coref.json",
        "supersense.json",
        "events.json",
    }
    for entity in documents["entities.json"]["entities"]:
        assert TEXT[entity["start"] : entity["end"]] == entity["text"]
    assert [q["text"] for q in documents["quotes.json"]["quotes"]] == ['"Come in,"', '"I will,"']


def test_nothing_reaches_standard_output(
    library: BookNlpLibrary, capfd: pytest.CaptureFixture[str]
) -> None:
    library.run(TEXT, lambda: False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n\n", "\r\r"),
        f"\ufeff{TEXT}",
        f"Ça\u2028va 😀\x85 日本\x0c\ud800. {TEXT}",
        f"{'-' * 700} {'x' * 2000} {TEXT}",
        f"\tAda\x00\n\t\n{TEXT}",
    ],
    ids=["CRLF", "CR", "byte order mark", "beyond ASCII", "long runs", "control characters"],
)
def test_offsets_are_those_of_the_canonical_text(library: BookNlpLibrary, text: str) -> None:
    files = library.run(handed_over(text, BookLayout(len(text), ())), lambda: False)
    header, *rows = (line.split("\t") for line in files["tokens"].split("\n") if line)
    where = header.index("byte_onset"), header.index("byte_offset"), header.index("word")
    for row in rows:
        start, end, word = (row[column] for column in where)
        assert text[int(start) : int(end)] in (word, "\ud800")
    assert "said" in {row[where[2]] for row in rows}
    cast_of(read(files), text)


@pytest.mark.parametrize(
    "text",
    ["Ada", "“", "“Ada", "* * *", "\u200b", "“”“”", "قالت: «نعم».", "“Yes, ‘no’—” she", "A " * 900],
)
def test_odd_texts_are_read(library: BookNlpLibrary, text: str) -> None:
    cast_of(run(library, text), text)


def test_a_quotation_with_nobody_near_does_not_shift_the_speakers(library: BookNlpLibrary) -> None:
    booknlp: Any = sys.modules["booknlp.english.english_booknlp"]
    inner: Any = library._booknlp
    tokens = inner.tagger.tag("“Alas!” " + "It rained. " * 40 + "\n\n" + "“Come,” said Ada.")
    quotes = booknlp.QuoteTagger().tag(tokens)
    ada = next(token.token_id for token in tokens if token.text == "Ada")
    attribution, named = inner.quote_attrib, [(ada, ada, "PROP_PER", "Ada")]
    assert type(attribution).tag(attribution, quotes, named, tokens) == [0, None], "else no fault"
    assert attribution.tag(quotes, named, tokens) == [None, 0]


def test_it_stops_at_its_next_step_and_reads_the_next_book(library: BookNlpLibrary) -> None:
    before = library.run(TEXT, lambda: False)
    asked = iter([False, False])
    with pytest.raises(Stopped):
        library.run(TEXT, lambda: next(asked, True))
    assert library.run(TEXT, lambda: False) == before


async def test_books_are_read_one_after_another(library: BookNlpLibrary) -> None:
    both = await asyncio.gather(*(asyncio.to_thread(run, library, text) for text in (TEXT, "Ada")))
    assert [len(output.tokens) for output in both] == [len(run(library, TEXT).tokens), 1]


async def test_one_who_waits_for_another_book_can_stop_waiting(library: BookNlpLibrary) -> None:
    with library._running, pytest.raises(Stopped):
        await asyncio.to_thread(library.run, TEXT, lambda: True)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SystemExit(1), ModelFailed),
        (IndexError("list index out of range"), ModelFailed),
        (MemoryError(), WorkerCrashed),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), WorkerCrashed),
    ],
    ids=["it ends the process", "it falls over", "memory", "torch's memory"],
)
def test_what_goes_wrong_in_it_is_told_in_our_terms(
    library: BookNlpLibrary,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    told: type[Exception],
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(library._booknlp, "process", fail)
    with pytest.raises(told):
        library.run(TEXT, lambda: False)


async def test_fetched_models_are_whole(
    fetched: tuple[Path, list[FetchProgress]], catalogues: Mapping[str, Catalogue]
) -> None:
    models_dir, told = fetched
    files = await BookNlpModelFiles(models_dir, catalogues=catalogues).check()
    assert [file.fault for file in files] == [""] * 5
    assert {now.file for now in told if now.fetched == now.size} == {file.name for file in files}
    assert (await BookNlpExtractor(models_dir, catalogues=catalogues).check()).ok
    assert not list(models_dir.rglob("*.part"))


async def test_fetched_again_nothing_is_asked_for(
    fetched: tuple[Path, list[FetchProgress]], catalogues: Mapping[str, Catalogue]
) -> None:
    told = list[FetchProgress]()
    await BookNlpModelFiles(fetched[0], catalogues=catalogues).fetch(told.append)
    assert told == []


async def test_without_its_models_it_does_not_start(
    published: Path, tmp_path: Path, catalogues: Mapping[str, Catalogue]
) -> None:
    extractor = BookNlpExtractor(tmp_path, catalogues=catalogues)
    with pytest.raises(Misconfigured, match="falsafa models fetch"):
        await extractor.prepare()
    health = await extractor.check()
    assert not health.ok
    assert health.detail.endswith("Run: falsafa models fetch")
