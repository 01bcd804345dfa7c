import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.rank_fusion import reciprocal_rank_fusion

RANKINGS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=4)


def test_what_both_rankings_know_comes_first() -> None:
    scores = reciprocal_rank_fusion([[1, 2, 3], [2, 4]])
    assert sorted(scores, key=lambda passage: (-scores[passage], passage)) == [2, 1, 4, 3]


def test_reciprocal_ranks_are_those_of_the_paper() -> None:
    assert reciprocal_rank_fusion([[7], [5, 7]]) == {
        7: pytest.approx(1 / 61 + 1 / 62),
        5: pytest.approx(1 / 61),
    }


@given(RANKINGS)
def test_reciprocal_ranks_hold_all_and_only_what_was_ranked(rankings: list[list[int]]) -> None:
    assert set(reciprocal_rank_fusion(rankings)) == {p for ranking in rankings for p in ranking}


@given(RANKINGS)
def test_no_ranking_comes_before_another(rankings: list[list[int]]) -> None:
    backwards = reciprocal_rank_fusion(rankings[::-1])
    assert reciprocal_rank_fusion(rankings) == pytest.approx(backwards)


@given(st.lists(st.integers(0, 30), unique=True))
def test_one_ranking_keeps_its_order(ranking: list[int]) -> None:
    scores = reciprocal_rank_fusion([ranking])
    assert sorted(scores, key=lambda p: -scores[p]) == ranking
