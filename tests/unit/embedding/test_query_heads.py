import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from adapters.outbound.embedding.query_heads import SHIPPED_HEADS_FILE, QueryHeads
from application.ports.token_vectors import QUERY_HEADS, UNIT
from domain.errors import ModelUnavailable
from tests.unit.embedding.written_heads import JOINED, STATES, WIDTH, Floats, head, heads


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


def by_hand(head: dict[str, Floats], states: Floats) -> tuple[Floats, Floats, Floats]:
    """Vectors of length 1, factors and shares as the papers have them, figure by figure."""

    def normed(rows: Floats, scale: Floats, bias: Floats) -> Floats:
        return np.array(
            [
                [(x - row.mean()) / math.sqrt(row.var() + 1e-5) for x in row] * scale + bias
                for row in rows
            ]
        )

    def gelu(x: float) -> float:
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    joint = normed(states, *head["norm_1"]) @ head["attention"] + head["attention_bias"]
    queries, keys, values = np.split(joint, 3, axis=1)
    mixed = np.zeros_like(values)
    for one in np.split(np.arange(JOINED), 4):  # each attention head looks with figures of its own
        for token, query in enumerate(queries[:, one]):
            looks = np.array([math.exp(query @ key / math.sqrt(len(one))) for key in keys[:, one]])
            mixed[token, one] = looks @ values[:, one] / looks.sum()
    moved = states + mixed @ head["joined"] + head["joined_bias"]
    wide = normed(moved, *head["norm_2"]) @ head["wide"] + head["wide_bias"]
    moved = moved + np.vectorize(gelu)(wide) @ head["narrow"] + head["narrow_bias"]
    vectors = moved @ head["projection"]
    exponents, shares = (moved @ head["weights"] + head["weights_bias"]).T
    softplus = [math.log1p(math.exp(share)) / len(states) for share in shares]
    return (
        np.array([vector / np.linalg.norm(vector) for vector in vectors]),
        np.exp(exponents),
        np.array(softplus),
    )


@pytest.mark.parametrize("tokens", [1, 2, 17])
def test_a_head_is_a_layer_of_attention_and_one_of_feed_forward(
    tmp_path: Path, tokens: int
) -> None:
    random = np.random.default_rng(tokens)
    spread = {"attention": 0.1, "wide": 0.1, "weights": 0.02}
    some = {
        name: random.normal(size=array.shape) * spread.get(name, 0.5)
        for name, array in head().items()
    }
    given = random.normal(size=(tokens, STATES)).astype(np.float32)
    (levels,), (factors,), (shares,) = heads(tmp_path, some).adapt(given)
    expected = by_hand(some, given.astype(np.float64))
    assert levels == pytest.approx(expected[0] * UNIT, abs=0.51)
    assert factors == pytest.approx(expected[1], rel=1e-3)
    assert shares == pytest.approx(expected[2], rel=1e-3)


def test_a_token_that_is_looked_at_far_more_than_others_is_all_that_counts(tmp_path: Path) -> None:
    """No exponent overflows."""
    figures = np.zeros((STATES, 3 * JOINED))
    figures[0, [0, JOINED, 2 * JOINED]] = 1000.0
    looking = head(attention=figures, joined=at((0, 3), shape=(JOINED, STATES)))
    (levels,), _, _ = heads(tmp_path, looking).adapt(states((1,), (0, 1)))
    assert levels[0].tolist() == [0, 0, 0, UNIT]


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
