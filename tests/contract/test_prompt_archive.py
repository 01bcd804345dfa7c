from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.files.prompts import FolderPromptArchive, safe_name
from adapters.outbound.memory.prompt_archive import MemoryPromptArchive
from application.ports.prompt_archive import PromptArchive
from domain.errors import InvalidInput
from domain.ids import BookId

BOOK, OTHER_BOOK = BookId("book"), BookId("other-book")


class PromptArchiveContract:
    @pytest.fixture
    def archive(self) -> PromptArchive:
        raise NotImplementedError

    async def test_what_was_never_written_is_none(self, archive: PromptArchive) -> None:
        assert await archive.read(BOOK, "Louisa") is None

    async def test_a_prompt_comes_back_as_it_was_written(self, archive: PromptArchive) -> None:
        prompt = "You are Mrs. Sparsit.\r\n\r\n“Sir,” you say.\n"
        await archive.write(BOOK, "Mrs. Sparsit", prompt)
        assert await archive.read(BOOK, "Mrs. Sparsit") == prompt

    async def test_writing_again_replaces(self, archive: PromptArchive) -> None:
        await archive.write(BOOK, "Louisa", "a long first prompt")
        await archive.write(BOOK, "Louisa", "short")
        assert await archive.read(BOOK, "Louisa") == "short"

    async def test_names_that_look_alike_do_not_mix(self, archive: PromptArchive) -> None:
        names = ["Mrs. Sparsit", "Mrs Sparsit", "mrs. sparsit", "Mrs.  Sparsit", "MRS-SPARSIT"]
        for name in names:
            await archive.write(BOOK, name, f"You are {name}.")
        for name in names:
            assert await archive.read(BOOK, name) == f"You are {name}."

    @pytest.mark.parametrize(
        "name",
        ["../../etc/passwd", "", ".", "a/b\\c", "NUL", "\0", "夏目漱石", "\ud800", "é" * 300],
    )
    async def test_any_name_is_safe(self, archive: PromptArchive, name: str) -> None:
        await archive.write(BOOK, name, "prompt")
        assert await archive.read(BOOK, name) == "prompt"

    async def test_a_deleted_book_is_gone_and_the_others_stay(self, archive: PromptArchive) -> None:
        for book_id in (BOOK, OTHER_BOOK):
            await archive.write(book_id, "Louisa", "prompt")
        for _ in range(2):
            await archive.delete(BOOK)
        assert await archive.read(BOOK, "Louisa") is None
        assert await archive.read(OTHER_BOOK, "Louisa") == "prompt"


class TestMemoryPromptArchive(PromptArchiveContract):
    @pytest.fixture
    def archive(self) -> PromptArchive:
        return MemoryPromptArchive()


class TestFolderPromptArchive(PromptArchiveContract):
    @pytest.fixture
    def archive(self, tmp_path: Path) -> PromptArchive:
        return FolderPromptArchive(tmp_path)

    async def test_a_person_finds_the_file_by_its_name(
        self, archive: PromptArchive, tmp_path: Path
    ) -> None:
        await archive.write(BOOK, "Mrs. Sparsit", "You are Mrs. Sparsit.")
        (file,) = (tmp_path / "book").iterdir()
        assert file.name.startswith("mrs-sparsit-")
        assert (file.suffix, file.read_text()) == (".md", "You are Mrs. Sparsit.")

    async def test_a_book_id_that_could_lead_elsewhere_is_refused(
        self, archive: PromptArchive
    ) -> None:
        with pytest.raises(InvalidInput):
            await archive.delete(BookId("../book"))


@given(st.lists(st.text(st.characters(), max_size=300), unique=True))
def test_a_safe_name_is_one_short_plain_word_and_another_for_each_name(names: list[str]) -> None:
    safe = [safe_name(name) for name in names]
    assert len(set(safe)) == len(names)
    for word in safe:
        assert len(f"{word}.md".encode()) <= 255
        assert not set(word) & set('/\\:*?"<>|. \0')
