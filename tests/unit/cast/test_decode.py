import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.cast.decode import NOBODY, Step, speaker_probabilities

scores = st.floats(-2, 2)
steps = st.lists(
    st.builds(
        Step, st.dictionaries(st.integers(0, 3), scores, min_size=0, max_size=3), scores, scores
    ),
    max_size=5,
)


def by_enumeration(chain: list[Step]) -> list[dict[int, float]]:
    """The definition: every way to share out the turns, weighed."""
    totals: list[dict[int, float]] = [dict.fromkeys(step.scores, 0.0) for step in chain]
    for speakers in product(*[[*step.scores] or [NOBODY] for step in chain]):
        weight, last, other = 0.0, NOBODY, NOBODY
        for step, person in zip(chain, speakers, strict=True):
            if person == NOBODY:
                continue
            weight += step.scores[person]
            if person == last:
                weight += step.goes_on
            elif person == other:
                weight += step.answers
                last, other = other, last
            else:
                last, other = person, last
        for total, person in zip(totals, speakers, strict=True):
            if person != NOBODY:
                total[person] += math.exp(weight)
    return [{p: v / sum(t.values()) for p, v in t.items()} for t in totals]


@given(steps)
def test_probabilities_are_those_of_all_ways_to_share_out_the_turns(chain: list[Step]) -> None:
    for found, expected in zip(speaker_probabilities(chain), by_enumeration(chain), strict=True):
        assert found == pytest.approx(expected, abs=2e-3)


def test_turns_alternate_between_two_known_ends() -> None:
    sure_ada, sure_ben, open_ = {0: 12.0, 1: 0.0}, {0: 0.0, 1: 12.0}, {0: 0.0, 1: 0.0}
    chain = [Step(s, -3.0, 2.5) for s in (sure_ada, open_, open_, sure_ben, open_)]
    likeliest = [max(p, key=p.__getitem__) for p in speaker_probabilities(chain)]
    assert likeliest == [0, 1, 0, 1, 0]


def test_a_later_tag_tells_who_spoke_before() -> None:
    chain = [Step({0: 0.0, 1: 0.0}, -3.0, 2.5), Step({0: 12.0, 1: 0.0}, -3.0, 2.5)]
    first, _ = speaker_probabilities(chain)
    assert first[1] > 0.8


def test_long_chains_of_near_certain_steps_do_not_underflow() -> None:
    chain = [Step({n % 2: 30.0, 1 - n % 2: -30.0}, -5.0, 5.0) for n in range(2000)]
    found = speaker_probabilities(chain)
    assert [max(p, key=p.__getitem__) for p in found] == [n % 2 for n in range(2000)]
