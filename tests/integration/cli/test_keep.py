import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.integration.cli.command_line import CommandLine


def test_a_backup_can_be_restored_into_another_folder(falsafa: CommandLine, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar.gz"
    asked = ("search", "dowager", "almanac", "--json")
    before = [falsafa(*asked).stdout, falsafa("export", "dowager").stdout]

    assert falsafa("backup", str(archive)).stdout == f"Backed up to {archive}\n"
    other = CommandLine(CliRunner(), tmp_path / "other")
    assert other("restore", str(archive)).exit_code == 0

    assert [other(*asked).stdout, other("export", "dowager").stdout] == before


def test_a_restore_overwrites_only_when_told_so(falsafa: CommandLine, tmp_path: Path) -> None:
    archive = tmp_path / "kept.tar.gz"
    falsafa("backup", str(archive))

    refused = falsafa("restore", str(archive))
    assert refused.exit_code == 1
    assert "(conflict)" in refused.stderr

    falsafa("remove", "dowager", "--yes")
    assert falsafa("restore", str(archive), "--replace").exit_code == 0
    assert "The Dowager at Home" in falsafa("books").stdout


def test_a_backup_writes_over_nothing(falsafa: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "kept.tar.gz").write_text("mine")

    assert falsafa("backup", str(tmp_path / "kept.tar.gz")).exit_code == 2
    assert (tmp_path / "kept.tar.gz").read_text() == "mine"


def test_what_is_no_backup_is_refused(empty: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no archive")

    assert empty("restore", str(tmp_path / "notes.txt")).exit_code == 2
    assert empty("restore", str(tmp_path / "nowhere")).exit_code == 2


def test_the_doctor_looks_at_every_part(falsafa: CommandLine) -> None:
    told = falsafa("doctor")

    assert told.exit_code == 0
    assert "database" in told.stdout
    assert str(falsafa.data_dir) in told.stdout
    assert "broken" not in told.stdout


def test_a_damaged_database_is_told_in_a_sentence(empty: CommandLine) -> None:
    empty.data_dir.mkdir()
    (empty.data_dir / "falsafa.db").write_text("This is no database at all, whatever it is.")

    told = empty("doctor")

    assert told.exit_code == 1
    assert "damaged" in told.output


def test_a_data_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    below = CommandLine(CliRunner(), tmp_path / "file" / "data")

    for command in ("books", "serve"):
        told = below(command)
        assert told.exit_code == 2
        assert "FALSAFA_DATA_DIR=" in told.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "books.example"])
def test_beyond_this_machine_nothing_is_served_without_a_key(empty: CommandLine, host: str) -> None:
    told = empty("serve", "--host", host)

    assert told.exit_code == 2
    assert "AUTH_MODE=key and BACKEND_API_KEY=" in told.stderr


def test_a_half_configured_key_stops_the_start(empty: CommandLine) -> None:
    told = empty("serve", auth_mode="key")

    assert told.exit_code == 2
    assert "BACKEND_API_KEY=" in told.stderr


def test_a_part_that_is_half_configured_stops_the_start(
    empty: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_URL", "http://127.0.0.1")

    for command in ("books", "serve", "worker"):
        told = empty(command)
        assert told.exit_code == 2
        assert "SUPABASE_SERVICE_ROLE_KEY=" in told.stderr


def test_a_port_that_is_taken_is_told_in_a_sentence(empty: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = empty("serve", "--port", port)

    assert told.exit_code == 2
    assert f"127.0.0.1:{port} cannot be listened on" in told.stderr
