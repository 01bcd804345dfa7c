from pathlib import Path

from adapters.outbound.files.health import FolderHealthCheck
from adapters.outbound.sqlite.database import Database
from adapters.outbound.sqlite.health import DatabaseHealthCheck


async def test_a_database_that_works_tells_its_size(tmp_path: Path) -> None:
    database = Database(tmp_path / "falsafa.db")
    health = await DatabaseHealthCheck(database).check()
    await database.aclose()
    assert health.ok
    assert "MB" in health.detail


async def test_a_database_that_does_not_work_tells_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "falsafa.db").write_bytes(b"not a database " * 1000)
    health = await DatabaseHealthCheck(Database(tmp_path / "falsafa.db")).check()
    assert not health.ok
    assert "backup" in health.detail


async def test_a_folder_that_can_be_written_tells_its_room(tmp_path: Path) -> None:
    health = await FolderHealthCheck("files", tmp_path / "blobs").check()
    assert (health.name, health.ok) == ("files", True)
    assert "GB free" in health.detail
    assert list((tmp_path / "blobs").iterdir()) == []


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "blobs").touch()
    health = await FolderHealthCheck("files", tmp_path / "blobs").check()
    assert not health.ok
    assert "blobs" in health.detail
