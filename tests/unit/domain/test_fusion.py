from statistics import pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fusion import standard_score_fusion

SCORES = st.dictionaries(st.integers(0, 30), st.just(0.0) | st.floats(0.001, 100), max_size=12)
SIGNALS = st.lists(st.tuples(st.floats(0.1, 2), SCORES), max_size=4)
POPULATION = 31


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


@given(signals=SIGNALS, alike=st.floats(0.001, 100), population=st.integers(31, 60))
def test_nor_does_it_drown_what_others_say(
    signals: list[tuple[float, dict[int, float]]], alike: float, population: int
) -> None:
    """Its deviation is seldom 0 to the last bit."""
    of_all = (0.15, dict.fromkeys(range(population), alike))
    fused = standard_score_fusion([of_all, *signals], population)
    assert fused == standard_score_fusion(signals, population)


@given(SIGNALS)
def test_scores_are_of_the_passages_that_have_a_signal(
    signals: list[tuple[float, dict[int, float]]],
) -> None:
    fused = standard_score_fusion(signals, POPULATION)
    assert set(fused) <= {p for _, scores in signals for p in scores}
    assert all(score >= 0 for score in fused.values())


@given(SIGNALS)
def test_each_passage_has_the_weighted_sum_in_deviations_over_the_whole_population(
    signals: list[tuple[float, dict[int, float]]],
) -> None:
    expected = dict.fromkeys(range(POPULATION), 0.0)
    for weight, scores in signals:
        deviation = pstdev(scores.get(p, 0.0) for p in range(POPULATION))
        for passage, score in scores.items():
            expected[passage] += weight * score / deviation if deviation else 0.0
    fused = standard_score_fusion(signals, POPULATION)
    assert {p: fused.get(p, 0.0) for p in expected} == pytest.approx(expected)


@given(scores=SCORES, factor=st.sampled_from([0.5, 2.0, 1024.0]))
def test_the_unit_of_a_signal_does_not_matter(scores: dict[int, float], factor: float) -> None:
    scaled = {p: factor * score for p, score in scores.items()}
    other = (1.0, {0: 1.0, 7: 2.0})
    fused = standard_score_fusion([(1.0, scores), other], POPULATION)
    assert standard_score_fusion([(1.0, scaled), other], POPULATION) == pytest.approx(fused)
