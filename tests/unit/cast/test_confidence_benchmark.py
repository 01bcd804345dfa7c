"""The reliability table, on answers made up."""

from benchmarks.cast_confidence import Answer, calibration_error, precision_at, report

GIVEN = (
    [Answer(0.95, True)] * 19 + [Answer(0.95, False)] + [Answer(0.55, True), Answer(0.55, False)]
)


def test_confidence_that_keeps_its_word_has_no_error() -> None:
    assert calibration_error(GIVEN[:20]) < 1e-9
    assert abs(calibration_error([Answer(0.9, False)]) - 0.9) < 1e-9


def test_the_surest_answers_come_first() -> None:
    assert precision_at(GIVEN, 0.5) == 1.0
    assert precision_at(GIVEN, 1.0) == 20 / 22


def test_unknown_is_no_answer_but_lowers_coverage() -> None:
    given = [Answer(0.95, True), Answer(0.0, False)]
    lines = list(report({"Tale": given}))
    assert lines[1].split()[:2] == ["Tale", "1"]
    assert lines[1].split()[-1] == "0.500"
