import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from adapters.outbound.embedding.query_heads import SHIPPED_HEADS_FILE, QueryHeads
from application.ports.token_vectors import QUERY_HEADS, UNIT
from domain.errors import ModelUnavailable

Floats = npt.NDArray[np.float64]

STATES, JOINED, WIDE, WIDTH = 384, 32, 64, 4


def head(**changed: Floats) -> dict[str, Floats]:
    """That moves nothing, and whose vectors are the first four figures of a state."""
    norm = np.stack([np.ones(STATES), np.zeros(STATES)])
    return {
        "norm_1": norm,
        "attention": np.zeros((STATES, 3 * JOINED)),
        "attention_bias": np.zeros(3 * JOINED),
        "joined": np.zeros((JOINED, STATES)),
        "joined_bias": np.zeros(STATES),
        "norm_2": norm,
        "wide": np.zeros((STATES, WIDE)),
        "wide_bias": np.zeros(WIDE),
        "narrow": np.zeros((WIDE, STATES)),
        "narrow_bias": np.zeros(STATES),
        "projection": np.eye(STATES, WIDTH),
        "weights": np.zeros((STATES, 2)),
        "weights_bias": np.zeros(2),
    } | changed


def heads(folder: Path, *some: dict[str, Floats]) -> QueryHeads:
    path = folder / "heads.npz"
    np.savez(path, **{name: np.stack([one[name] for one in some]) for name in some[0]})  # type: ignore[arg-type]
    return QueryHeads(path)


def states(*rows: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Their first four figures; the rest is 0."""
    return np.array([[*row, *[0.0] * (STATES - len(row))] for row in rows], np.float32)


def at(*places: tuple[int, int], shape: tuple[int, int]) -> Floats:
    """1 there, 0 elsewhere."""
    found = np.zeros(shape)
    for place in places:
        found[place] = 1
    return found


def test_vectors_have_one_length_whatever_the_states_have(tmp_path: Path) -> None:
    (levels,), _, _ = heads(tmp_path, head()).adapt(states((3, 0, 4, 0), (0, 0.02, 0, 0)))
    assert levels.dtype == np.int8
    assert levels.tolist() == [[76, 0, 102, 0], [0, UNIT, 0, 0]]


def test_a_word_keeps_its_weight_and_a_share_is_a_softplus_shared_by_all(tmp_path: Path) -> None:
    _, (factors,), (shares,) = heads(tmp_path, head()).adapt(states((1,), (2,), (3,), (4,)))
    assert factors.tolist() == [1] * 4
    assert shares == pytest.approx([math.log(2) / 4] * 4)


def test_weights_are_read_from_the_states_and_stay_in_bounds(tmp_path: Path) -> None:
    weighed = head(
        weights=at((0, 0), (1, 1), shape=(STATES, 2)), weights_bias=np.array([0.5, -1.0])
    )
    _, (factors,), (shares,) = heads(tmp_path, weighed).adapt(states((1, 2), (500, 500)))
    assert factors == pytest.approx([math.exp(1.5), math.exp(20)])
    assert shares == pytest.approx([math.log1p(math.e) / 2, 20 / 2])


def test_tokens_take_from_others_as_attention_says(tmp_path: Path) -> None:
    """Where all are looked at alike, a token gains the mean of the values."""
    values = at((0, 2 * JOINED), shape=(STATES, 3 * JOINED))
    attending = head(attention=values, joined=at((0, 3), shape=(JOINED, STATES)))
    of_one, of_two = (
        heads(tmp_path, attending).adapt(states(*rows))[0][0]
        for rows in ([(9, 1)], [(9, 1), (1, 9)])
    )
    assert of_one[0, 3] > of_two[0, 3] > 0
    assert of_one[0, :3].tolist() != of_two[0, :3].tolist()


def test_each_attention_head_looks_where_its_own_query_and_key_meet(tmp_path: Path) -> None:
    size = JOINED // 4  # of an attention head
    second = size  # the first place of the second one
    looking = head(
        attention=at(
            (0, second), (1, JOINED + second), (1, 2 * JOINED + second), shape=(STATES, 3 * JOINED)
        )
        * 20,
        joined=at((second, 3), shape=(JOINED, STATES)),
    )
    elsewhere = head(**looking | {"joined": at((0, 3), shape=(JOINED, STATES))})
    (one,), _, _ = heads(tmp_path, looking).adapt(states((1, 0), (0, 1)))
    assert one[0, 3] > 100  # the first token looks at the second, whose value is large
    (other,), _, _ = heads(tmp_path, elsewhere).adapt(states((1, 0), (0, 1)))
    assert other[:, 3].tolist() == [0, 0]  # the first attention head has no values


def test_a_layer_s_norm_takes_the_mean_away_and_scales(tmp_path: Path) -> None:
    """Through the feed-forward layer: the norm of a state of one figure is known."""
    x = 3.0
    mean, square = x / STATES, x**2 / STATES
    normed = (x - mean) / math.sqrt(square - mean**2 + 1e-5)
    inner = 2 * normed + 0.5 + 0.25  # by the norm's scale and bias, and the layer's
    gelu = 0.5 * inner * (1 + math.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner**3)))
    feeding = head(
        norm_2=np.stack([np.full(STATES, 2.0), np.full(STATES, 0.5)]),
        wide=at((0, 0), shape=(STATES, WIDE)),
        wide_bias=np.full(WIDE, 0.25),
        narrow=at((0, 1), shape=(WIDE, STATES)),
        narrow_bias=np.full(STATES, 0.125),
    )
    (levels,), _, _ = heads(tmp_path, feeding).adapt(states((x,)))
    expected = np.array([x + 0.125, gelu + 0.125, 0.125, 0.125])
    assert levels[0] == pytest.approx(expected / np.linalg.norm(expected) * UNIT, abs=0.51)


def test_heads_answer_each_for_itself(tmp_path: Path) -> None:
    other = head(projection=np.eye(STATES, WIDTH)[:, ::-1])
    levels, factors, shares = heads(tmp_path, head(), other).adapt(states((1, 0), (0, 1)))
    assert levels.tolist() == [
        [[127, 0, 0, 0], [0, 127, 0, 0]],
        [[0, 0, 0, 127], [0, 0, 127, 0]],
    ]
    assert factors.shape == shares.shape == (2, 2)


def test_the_shipped_file_has_as_many_as_the_order_was_learned_with() -> None:
    levels, _, _ = QueryHeads(SHIPPED_HEADS_FILE).adapt(states((1,)))
    assert levels.shape == (QUERY_HEADS, 1, 64)


class TestDamage:
    STATE = states((1,))

    def test_a_missing_file_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnavailable, match=r"none\.npz; install Falsafa again"):
            QueryHeads(tmp_path / "none.npz").adapt(self.STATE)

    @pytest.mark.parametrize("length", [0, 1, 100, 300_000, -1])
    def test_a_file_that_was_cut_is_told(self, tmp_path: Path, length: int) -> None:
        path = tmp_path / "cut.npz"
        path.write_bytes(SHIPPED_HEADS_FILE.read_bytes()[:length])
        with pytest.raises(ModelUnavailable):
            QueryHeads(path).adapt(self.STATE)

    @pytest.mark.parametrize("place", [0, 200, 1000, 300_000, -300])
    def test_damaged_bytes_are_told(self, tmp_path: Path, place: int) -> None:
        content = bytearray(SHIPPED_HEADS_FILE.read_bytes())
        content[place : place + 8] = b"\xaa" * 8
        path = tmp_path / "damaged.npz"
        path.write_bytes(content)
        with pytest.raises(ModelUnavailable):
            QueryHeads(path).adapt(self.STATE)

    def test_an_array_that_is_missing_is_told(self, tmp_path: Path) -> None:
        arrays = head()
        del arrays["narrow"]
        with pytest.raises(ModelUnavailable):
            heads(tmp_path, arrays).adapt(self.STATE)
