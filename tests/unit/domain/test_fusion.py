import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.rank_fusion import reciprocal_rank_fusion
from domain.fusion import standard_score_fusion

RANKINGS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=12), max_size=4)
SCORES = st.dictionaries(st.integers(0, 30), st.just(0.0) | st.floats(0.001, 100), max_size=12)
SIGNALS = st.lists(st.tuples(st.floats(0.1, 2), SCORES), max_size=4)
POPULATION = 31


def order(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda item: (-scores[item], item))


def test_what_both_rankings_know_comes_first() -> None:
    assert order(reciprocal_rank_fusion([[1, 2, 3], [2, 4]])) == [2, 1, 4, 3]


def test_reciprocal_ranks_are_those_of_the_paper() -> None:
    assert reciprocal_rank_fusion([[7], [5, 7]]) == {
        7: pytest.approx(1 / 61 + 1 / 62),
        5: pytest.approx(1 / 61),
    }


@given(RANKINGS)
def test_reciprocal_ranks_hold_all_and_only_what_was_ranked(rankings: list[list[int]]) -> None:
    assert set(reciprocal_rank_fusion(rankings)) == {p for ranking in rankings for p in ranking}


@given(st.lists(st.integers(0, 30), unique=True))
def test_one_ranking_keeps_its_order(ranking: list[int]) -> None:
    scores = reciprocal_rank_fusion([ranking])
    assert sorted(scores, key=lambda p: -scores[p]) == ranking


def test_signals_count_in_their_own_units() -> None:
    far_apart, close = {0: 1000.0, 1: 0.0}, {0: 0.0, 1: 0.001}
    fused = standard_score_fusion([(1.0, far_apart), (1.0, close)], population=2)
    assert fused[0] == pytest.approx(fused[1])


def test_a_rare_signal_weighs_more_for_those_it_singles_out() -> None:
    rare, common = {0: 1.0}, dict.fromkeys(range(1, 6), 1.0)
    fused = standard_score_fusion([(1.0, rare), (1.0, common)], population=10)
    assert fused[0] > fused[1]


def test_what_is_said_of_all_alike_says_nothing() -> None:
    alike = dict.fromkeys(range(5), 3.0)
    assert standard_score_fusion([(1.0, alike)], population=5) == {}
    assert standard_score_fusion([(1.0, {})], population=5) == {}
    assert standard_score_fusion([(1.0, {})], population=0) == {}


@given(SIGNALS)
def test_scores_are_of_the_passages_that_have_a_signal(
    signals: list[tuple[float, dict[int, float]]],
) -> None:
    fused = standard_score_fusion(signals, POPULATION)
    assert set(fused) <= {p for _, scores in signals for p in scores}
    assert all(score >= 0 for score in fused.values())


@given(scores=SCORES, factor=st.sampled_from([0.5, 2.0, 1024.0]))
def test_the_unit_of_a_signal_does_not_matter(scores: dict[int, float], factor: float) -> None:
    scaled = {p: factor * score for p, score in scores.items()}
    other = (1.0, {0: 1.0, 7: 2.0})
    fused = standard_score_fusion([(1.0, scores), other], POPULATION)
    assert standard_score_fusion([(1.0, scaled), other], POPULATION) == pytest.approx(fused)
