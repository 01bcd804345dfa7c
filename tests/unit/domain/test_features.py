import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.book_terms import BookTerms
from domain.features import Features, features
from domain.fusion import Scores
from tests.unit.domain.small_books import TEXTS, book_of, passages_of

BOOK = book_of("boat", "boat lamp", "boat", "boat", "boat", "boat", chapter_length=3)
FUSED = {0: 1.0, 1: 5.0, 2: 3.0, 4: 3.0}
SCORES = st.dictionaries(st.integers(0, 11), st.floats(0, 100), max_size=12)


def of(
    fused: Scores = FUSED,
    pool: Sequence[int] = (1, 2, 4, 0),
    passages: int = 6,
    *,
    shares: dict[str, Scores] | None = None,
    margins: dict[str, Scores] | None = None,
) -> dict[int, Features]:
    rows = features(BOOK, {"fused": fused}, shares or {}, margins or {}, pool, passages)
    return dict(zip(pool, rows, strict=True))


def column(name: str, rows: dict[int, Features]) -> dict[int, float]:
    return {passage: row[name] for passage, row in rows.items()}


def test_a_signal_is_told_in_deviations_from_the_mean_and_from_the_best_of_the_pool() -> None:
    deviation = math.sqrt(2)  # of 5, 3, 3 and 1, whose mean is 3
    rows = of()
    assert column("fused", rows) == pytest.approx({1: 2 / deviation, 2: 0, 4: 0, 0: -2 / deviation})
    assert column("fused below best", rows) == pytest.approx(
        {1: 0, 2: -2 / deviation, 4: -2 / deviation, 0: -4 / deviation}
    )


def test_a_place_is_told_by_its_logarithm_and_equals_share_the_last_of_theirs() -> None:
    assert column("fused place", of()) == {
        1: 0,
        2: math.log(3),
        4: math.log(3),
        0: math.log(4),
    }


def test_a_margin_is_told_as_it_is_too() -> None:
    rows = of(margins={"adapted 1": {0: 0.1, 1: 0.5, 2: 0.2}})
    above = {0: -0.1, 1: 0.3, 2: 0.0, 4: -0.2}
    deviation = math.sqrt(sum(value**2 for value in above.values()) / 4)
    assert column("adapted 1 above mean", rows) == pytest.approx(above)
    assert column("adapted 1", rows) == pytest.approx({p: a / deviation for p, a in above.items()})
    assert column("adapted 1 below best", rows) == pytest.approx(
        {p: (a - 0.3) / deviation for p, a in above.items()}
    )


def test_a_share_is_told_as_it_is() -> None:
    assert column("covered", of(shares={"covered": {2: 0.4}})) == {1: 0, 2: 0.4, 4: 0, 0: 0}


def test_those_beside_it_are_told_in_the_units_of_the_pool() -> None:
    deviation = math.sqrt(2)
    rows = of()
    # Nothing stands before 0; 3, which has no score, is the first of another chapter than 2.
    assert column("fused before", rows) == pytest.approx(
        {0: 0, 1: -2 / deviation, 2: 2 / deviation, 4: -3 / deviation}
    )
    assert column("fused after", rows) == pytest.approx(
        {0: 2 / deviation, 1: 0, 2: 0, 4: -3 / deviation}
    )
    assert column("fused after", of(pool=(4, 0), passages=5))[4] == 0


def test_a_passage_is_compared_with_the_best_of_its_chapter_and_chapters_by_their_three_best() -> (
    None
):
    deviation = math.sqrt(2)
    rows = of()
    assert column("below best of chapter", rows) == pytest.approx(
        {1: 0, 2: -2 / deviation, 4: 0, 0: -4 / deviation}
    )
    # Three of the first chapter come to 9, the one of the second to 3: a third of each.
    assert column("chapter below best", rows) == pytest.approx(
        {1: 0, 2: 0, 0: 0, 4: (1 - 3) / deviation}
    )


def test_a_chapter_has_its_three_best_speak_for_it() -> None:
    book = book_of(*["boat"] * 6, chapter_length=4)
    fused = {0: 4.0, 1: 4.0, 2: 4.0, 3: 1.0, 4: 6.0, 5: 6.0}
    first, *_, last = features(book, {"fused": fused}, {}, {}, range(6), 6)
    assert first["chapter below best"] == last["chapter below best"] == 0


def test_length_is_told_in_the_mean_of_what_was_read() -> None:
    assert column("length", of()) == pytest.approx({1: 2 / (7 / 6), 2: 6 / 7, 4: 6 / 7, 0: 6 / 7})
    assert column("length", of(pool=(1, 0), passages=2)) == pytest.approx({1: 2 / 1.5, 0: 1 / 1.5})


def test_the_place_in_a_chapter_goes_as_far_as_it_was_read() -> None:
    assert column("place", of()) == {0: 0, 1: 0.5, 2: 1, 4: 0.5}
    assert column("place", of(pool=(1, 0), passages=2)) == {0: 0, 1: 1}


def test_a_pool_of_one_stands_in_the_middle_of_everything() -> None:
    (row,) = of(pool=(1,), margins={"adapted 1": {1: 0.5}}).values()
    told = {name for name, value in row.items() if value}
    assert told == {"fused before", "fused after", "length", "place"}
    assert all(map(math.isfinite, row.values()))


def test_an_empty_pool_has_no_features() -> None:
    assert features(BOOK, {"fused": {}}, {}, {"adapted 1": {}}, [], 0) == []


@given(texts=TEXTS, fused=SCORES, words=SCORES, read=st.integers(1, 12))
def test_features_are_finite_named_alike_and_of_what_was_read(
    texts: list[str], fused: Scores, words: Scores, read: int
) -> None:
    known = texts[:read]
    pool = sorted(range(len(known)), key=lambda passage: -fused.get(passage, 0.0))

    def of_book(book: BookTerms, visible: int) -> list[Features]:
        scores = {p: score for p, score in fused.items() if p < visible}
        return features(book, {"fused": scores, "words": words}, {}, {}, pool, visible)

    rows = of_book(BookTerms(passages_of(texts)), len(known))
    assert rows == of_book(BookTerms(passages_of(known)), len(known))
    assert all(one.keys() == other.keys() for one, other in pairwise(rows))
    assert all(math.isfinite(value) for row in rows for value in row.values())
    assert [row["fused place"] for row in rows] == sorted(row["fused place"] for row in rows)
