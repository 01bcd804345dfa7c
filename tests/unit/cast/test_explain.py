from pathlib import Path

import pytest

from benchmarks import explain
from benchmarks.explain import Book, Reason, reasons_for

STORY = """Mr. Hobb opened the door of the mill. Mrs. Hobb sat by the fire, and she was sewing.

"You are late," said Mrs. Hobb.

"The road was under water," Mr. Hobb answered. He sat down. "I came by the hill."

"And the horse?"
"""


def test_a_named_tag_is_the_weightiest_reason() -> None:
    (line,) = Book(STORY).explain(STORY.index("You are late"))
    assert line.speech == "You are late,"
    assert line.tag == "Mrs. Hobb"
    likeliest = line.candidates[0]
    assert likeliest.name == "Mrs Hobb"
    assert likeliest.reasons[0].clue == "tag:named"
    assert likeliest.score == pytest.approx(sum(r.adds for r in likeliest.reasons))


def test_an_utterance_is_told_whole_and_so_are_those_of_further_paragraphs() -> None:
    lines = list(Book(STORY).explain(STORY.index("The road"), paragraphs=2))
    assert lines[0].speech.startswith("The road")
    assert lines[0].speech.endswith("hill.")
    assert lines[1].speech == "And the horse?"
    assert lines[1].tag == ""
    assert sum(c.probability for c in lines[1].candidates) == pytest.approx(1)


def test_clues_that_weigh_nothing_are_no_reasons() -> None:
    assert reasons_for({"no such clue": 1.0, "beside": 0.0}) == ()


def test_a_reason_shows_what_it_adds() -> None:
    assert str(Reason("near", 0.5, 0.8)) == " +0.40  near (0.50 x 0.80)"
    assert str(Reason("tag:named", 1, 12)) == "+12.00  tag:named"


def test_the_command_prints_the_reasons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "story.txt"
    text.write_text(STORY, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["explain", str(text), "--find", "You are late"])
    explain.main()
    told = capsys.readouterr().out
    assert "tag: Mrs. Hobb" in told
    assert "tag:named" in told


def test_a_place_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = tmp_path / "story.txt"
    text.write_text(STORY, encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["explain", str(text), "--find", "nowhere"])
    with pytest.raises(SystemExit):
        explain.main()
