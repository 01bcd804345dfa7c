import numpy as np

from domain.features import Features
from domain.network import Network
from training.search.examples import Example
from training.search.learn import learn

NAMES = ("tells", "misleads")


def examples(count: int) -> list[Example]:
    """The right passage of each stands out by the first feature alone."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(count):
        rows = random.normal(size=(6, 2)).astype(np.float32)
        found.append(Example(rows, rows[:, 0] == rows[:, 0].max()))
    return found


def scores(
    network: Network, rows: np.ndarray[tuple[int, int], np.dtype[np.float32]]
) -> list[float]:
    inputs: list[Features] = [dict(zip(NAMES, map(float, row), strict=True)) for row in rows]
    return [network.score(row) for row in inputs]


def test_a_network_learns_which_feature_tells() -> None:
    network = learn(NAMES, examples(4000))
    unseen = examples(4100)[4000:]
    right = [int(np.argmax(scores(network, e.rows))) == int(e.right.argmax()) for e in unseen]
    assert np.mean(right) > 0.9


def test_the_same_examples_give_the_same_network() -> None:
    assert learn(NAMES, examples(50)) == learn(NAMES, examples(50))
