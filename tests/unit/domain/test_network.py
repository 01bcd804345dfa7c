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


def test_an_input_may_have_a_part_of_its_own_in_the_score() -> None:
    assert network((0.0, 10.0)).score({"a": 0.0, "b": -2.0}) == 2.5 - 20.0
