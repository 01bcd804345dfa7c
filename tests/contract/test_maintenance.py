import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from adapters.outbound.files.texts import FolderTextStore
from adapters.outbound.sqlite.backup import LocalMaintenance
from adapters.outbound.sqlite.books import SqliteBookRepository
from adapters.outbound.sqlite.database import Database
from domain.book import ContentVersion
from domain.errors import Conflict, InvalidInput, Misconfigured, StoreUnavailable
from domain.frontier import WHOLE_BOOK
from domain.span import Span
from tests.contract.fake_clock import FakeClock
from tests.contract.test_book_repository import a_book

VERSION = ContentVersion(a_book().id, 1)


class Home:
    """A data folder, and what a person does with it."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder = folder
        self.database_path = folder / "falsafa.db"
        self.maintenance = LocalMaintenance(
            self.database_path,
            {"texts": folder / "texts", "prompts": folder / "prompts"},
            clock=clock,
        )

    async def fill(self, title: str) -> None:
        database = Database(self.database_path)
        book = a_book()
        await SqliteBookRepository(database).add(book, once_per_content=False)
        await FolderTextStore(self.folder / "texts").put(VERSION, title)
        await database.aclose()

    async def content(self) -> tuple[int, str]:
        """How many books, and the text of the first."""
        database = Database(self.database_path)
        async with database.read() as connection:
            books = await connection.execute_fetchall("SELECT * FROM books")
        await database.aclose()
        text = await FolderTextStore(self.folder / "texts").slice(VERSION, Span(0, 99), WHOLE_BOOK)
        return len(list(books)), text

    def files(self) -> list[str]:
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*"))


@pytest.fixture
async def home(tmp_path: Path, clock: FakeClock) -> Home:
    home = Home(tmp_path / "home", clock)
    await home.fill("the old text")
    return home


@pytest.fixture
def empty_home(tmp_path: Path, clock: FakeClock) -> Home:
    return Home(tmp_path / "empty home", clock)


@pytest.fixture
async def archive(home: Home, tmp_path: Path) -> Path:
    return await home.maintenance.backup(tmp_path / "backup.tar.gz")


@pytest.fixture
async def running(home: Home) -> AsyncIterator[Database]:
    database = Database(home.database_path)
    await database.open()
    yield database
    await database.aclose()


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The archive with its files changed, whole in itself."""
    with tarfile.open(archive) as tar:
        files = {m.name: _content(tar, m) for m in tar.getmembers()}
    change(files)
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()


async def test_a_backup_brings_everything_back_elsewhere(archive: Path, empty_home: Home) -> None:
    await empty_home.maintenance.restore(archive)
    assert await empty_home.content() == (1, "the old text")


async def test_a_backup_can_be_made_while_falsafa_runs(
    home: Home, running: Database, empty_home: Home, tmp_path: Path
) -> None:
    async with running.write() as connection:
        await connection.execute("DELETE FROM books")
        archive = await home.maintenance.backup(tmp_path / "backup.tar.gz")
    await empty_home.maintenance.restore(archive)
    assert await empty_home.content() == (1, "the old text")


async def test_a_backup_into_a_folder_is_named_by_its_time(home: Home, tmp_path: Path) -> None:
    written = await home.maintenance.backup(tmp_path)
    assert written == tmp_path / "falsafa-20260101-120000.tar.gz"
    assert tarfile.is_tarfile(written)


async def test_a_backup_overwrites_nothing(home: Home, archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(InvalidInput):
        await home.maintenance.backup(archive)
    assert archive.read_bytes() == before


async def test_nothing_to_back_up_is_told(empty_home: Home, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        await empty_home.maintenance.backup(tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()


async def test_a_backup_that_cannot_be_written_is_told(home: Home, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await home.maintenance.backup(tmp_path / "no such folder" / "backup.tar.gz")


async def test_data_is_overwritten_only_when_asked(home: Home, archive: Path) -> None:
    await FolderTextStore(home.folder / "texts").put(VERSION, "a newer text")
    with pytest.raises(Conflict):
        await home.maintenance.restore(archive)
    assert await home.content() == (1, "a newer text")
    await home.maintenance.restore(archive, replace=True)
    assert await home.content() == (1, "the old text")


async def test_a_restore_leaves_only_what_was_backed_up(home: Home, archive: Path) -> None:
    await FolderTextStore(home.folder / "texts").put(ContentVersion(a_book(2).id, 1), "later")
    await home.maintenance.restore(archive, replace=True)
    book = f"texts/{VERSION.book_id}"
    assert home.files() == ["falsafa.db", "prompts", "texts", book, f"{book}/1.txt"]


async def test_an_opened_but_empty_data_folder_counts_as_empty(
    archive: Path, empty_home: Home
) -> None:
    database = Database(empty_home.database_path)
    await database.open()
    await database.aclose()
    await empty_home.maintenance.restore(archive)
    assert await empty_home.content() == (1, "the old text")


async def test_nothing_is_restored_under_a_running_falsafa(
    home: Home, archive: Path, running: Database
) -> None:
    with pytest.raises(Conflict):
        await home.maintenance.restore(archive, replace=True)
    async with running.read() as connection:
        assert list(await connection.execute_fetchall("SELECT * FROM books"))


async def test_a_damaged_database_can_be_replaced(home: Home, archive: Path) -> None:
    home.database_path.write_bytes(b"not a database " * 1000)
    await home.maintenance.restore(archive, replace=True)
    assert await home.content() == (1, "the old text")


async def test_a_backup_of_a_newer_falsafa_is_refused(
    home: Home, empty_home: Home, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(home.database_path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    archive = await home.maintenance.backup(tmp_path / "backup.tar.gz")
    with pytest.raises(Misconfigured):
        await empty_home.maintenance.restore(archive)
    assert empty_home.files() == []


def _without_text(files: dict[str, bytes]) -> None:
    del files[f"texts/{VERSION.book_id}/1.txt"]


def _with_another_text(files: dict[str, bytes]) -> None:
    files[f"texts/{VERSION.book_id}/1.txt"] += b"!"


def _with_a_stranger(files: dict[str, bytes]) -> None:
    files["texts/stranger"] = b""


def _without_manifest(files: dict[str, bytes]) -> None:
    del files["manifest.json"]


def _with_a_broken_manifest(files: dict[str, bytes]) -> None:
    files["manifest.json"] = b"[]"


def _of_another_format(files: dict[str, bytes]) -> None:
    files["manifest.json"] = json.dumps({"format": 2}).encode()


def _without_schema(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    del manifest["schema"]
    files["manifest.json"] = json.dumps(manifest).encode()


def _climbing_out(files: dict[str, bytes]) -> None:
    files["../out"] = b"gotcha"


def _absolute(files: dict[str, bytes]) -> None:
    files["/tmp/out"] = b"gotcha"


@pytest.mark.parametrize(
    "change",
    [
        _without_text,
        _with_another_text,
        _with_a_stranger,
        _without_manifest,
        _with_a_broken_manifest,
        _of_another_format,
        _without_schema,
        _climbing_out,
        _absolute,
    ],
)
async def test_what_is_no_whole_backup_changes_nothing(
    home: Home,
    empty_home: Home,
    archive: Path,
    change: Callable[[dict[str, bytes]], object],
    tmp_path: Path,
) -> None:
    rewritten(archive, change)
    with pytest.raises(InvalidInput):
        await empty_home.maintenance.restore(archive)
    assert empty_home.files() == []
    with pytest.raises(InvalidInput):
        await home.maintenance.restore(archive, replace=True)
    assert await home.content() == (1, "the old text")
    assert not (tmp_path / "out").exists()


async def test_a_link_in_an_archive_is_refused(archive: Path, empty_home: Home) -> None:
    with tarfile.open(archive, "w:gz") as tar:
        link = tarfile.TarInfo("texts/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(InvalidInput):
        await empty_home.maintenance.restore(archive)


@pytest.mark.parametrize("kept", [0, 1, 20, 300, -40])
async def test_a_cut_archive_is_refused(archive: Path, empty_home: Home, kept: int) -> None:
    archive.write_bytes(archive.read_bytes()[:kept])
    with pytest.raises(InvalidInput):
        await empty_home.maintenance.restore(archive)
    assert empty_home.files() == []


async def test_a_restore_that_fails_half_way_changes_nothing(
    home: Home, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await FolderTextStore(home.folder / "texts").put(VERSION, "a newer text")
    rename, moved = Path.rename, []

    def rename_but_one(self: Path, target: Path) -> Path:
        if self.name == "prompts" and "unpacked" in self.parts:
            raise OSError(28, "No space left on device", str(target))
        moved.append(target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", rename_but_one)
    with pytest.raises(StoreUnavailable):
        await home.maintenance.restore(archive, replace=True)
    assert moved
    assert await home.content() == (1, "a newer text")


async def test_hidden_files_and_links_are_no_part_of_a_backup(
    home: Home, empty_home: Home, tmp_path: Path
) -> None:
    (home.folder / "texts" / ".incoming-x").write_text("half")
    (home.folder / "texts" / "link").symlink_to("/etc/passwd")
    archive = await home.maintenance.backup(tmp_path / "backup.tar.gz")
    await empty_home.maintenance.restore(archive)
    assert not [f for f in empty_home.files() if f.endswith(("incoming-x", "link"))]


async def test_a_backup_without_its_folders_still_restores(
    home: Home, empty_home: Home, tmp_path: Path
) -> None:
    shutil.rmtree(home.folder / "texts")
    archive = await home.maintenance.backup(tmp_path / "backup.tar.gz")
    await empty_home.maintenance.restore(archive)
    assert empty_home.files() == ["falsafa.db", "prompts", "texts"]
