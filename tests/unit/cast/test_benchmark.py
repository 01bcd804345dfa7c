import json
from pathlib import Path

import pytest

from benchmarks.cast import predict, predict_all

TEXT = '"Come in,"\r\nsaid Ada. Ada smiled.\r\n\r\n“No,” said Ben. Ben left.'


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "Novel"
    folder.mkdir(parents=True)
    (folder / "novel_text.txt").write_bytes(TEXT.encode())
    return folder


def test_predictions_count_the_files_own_code_points(novel: Path, tmp_path: Path) -> None:
    row = predict(novel, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "Novel.json").read_text(encoding="utf-8"))
    start = TEXT.index("Come in,")
    assert written["quotes"][0]["start"] == start
    assert written["quotes"][0]["end"] == start + len("Come in,")
    assert row.quotes == len(written["quotes"])


def test_every_novel_has_a_row(
    novel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predict_all(novel.parent, tmp_path / "out")
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "novel",
        "Novel",
        "all",
    ]


def test_a_folder_without_novels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="novel_text"):
        predict_all(tmp_path, tmp_path / "out")
