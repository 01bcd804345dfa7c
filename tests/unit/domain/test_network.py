from dataclasses import replace
from typing import Any

import pytest

from domain.network import LIMIT, Network


def network(straight: tuple[float, float] = (0.0, 0.0)) -> Network:
    return Network(
        names=("a", "b"),
        centre=[1.0, 0.0],
        scale=[2.0, 1.0],
        hidden=[[1.0, 0.0], [0.0, -1.0]],
        bias=[0.0, 0.5],
        output=[3.0, 1.0],
        straight=straight,
    )


def test_inputs_are_made_standard_and_units_are_never_below_zero() -> None:
    assert network().score({"a": 1.5, "b": 0.0, "more": 9.0}) == 3.0 + 0.5
    assert network().score({"a": 0.0, "b": 2.0}) == 0.0


def test_an_input_that_lies_far_out_counts_as_the_limit() -> None:
    assert network().score({"a": 1e9, "b": 0.5}) == 3 * LIMIT
    assert network().score({"a": 1.0, "b": -1e9}) == LIMIT + 0.5


def test_an_input_may_have_a_part_of_its_own_in_the_score() -> None:
    assert network((0.0, 10.0)).score({"a": 0.0, "b": -2.0}) == 2.5 - 20.0


def test_an_input_that_is_missing_is_not_guessed() -> None:
    with pytest.raises(KeyError, match="b"):
        network().score({"a": 1.0})


@pytest.mark.parametrize(
    "damage",
    [
        {"names": ("a",)},
        {"centre": [1.0]},
        {"scale": [1.0, 2.0, 3.0]},
        {"straight": []},
        {"hidden": [[1.0, 0.0], [1.0]]},
        {"hidden": [[1.0, 0.0]]},
        {"bias": [1.0]},
        {"output": [1.0, 2.0, 3.0]},
    ],
)
def test_shapes_that_do_not_agree_are_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="each of the"):
        replace(network(), **damage)
