from array import array

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.token_vectors.book_tokens import PRODUCT, TOKENS_AT_ONCE, NumpyBookTokens
from application.ports.token_vectors import UNIT

WIDTH = 64

Rows = npt.NDArray[np.int8]


def unit_rows(random: np.random.Generator, tokens: int) -> Rows:
    rows = random.normal(size=(tokens, WIDTH))
    levels: Rows = np.rint(rows / np.linalg.norm(rows, axis=1, keepdims=True) * UNIT).astype(
        np.int8
    )
    return levels


@given(
    seed=st.integers(0, 2**16),
    counts=st.lists(st.integers(0, 400), min_size=1, max_size=12),
    tokens=st.integers(1, 100),
    data=st.data(),
)
def test_however_the_work_is_cut_each_passage_has_its_own_best(
    seed: int, counts: list[int], tokens: int, data: st.DataObject
) -> None:
    """Long runs of neighbours are compared in parts, and long queries in blocks."""
    random = np.random.default_rng(seed)
    passages = [unit_rows(random, count) for count in counts]
    query = unit_rows(random, tokens)
    wanted = data.draw(st.lists(st.sampled_from(range(len(counts))), unique=True))
    book = NumpyBookTokens(np.concatenate(passages), np.array(counts, np.uint32))

    found = book.nearest(array("b", query.tobytes()), wanted)

    assert list(found) == wanted
    for place in wanted:
        cosines = query.astype(float) @ passages[place].T.astype(float) / UNIT**2
        best = cosines.max(axis=1) if counts[place] else np.zeros(tokens)
        assert np.allclose(found[place], best, atol=1e-5)


def test_that_is_more_than_one_part_and_one_block() -> None:
    assert TOKENS_AT_ONCE < 12 * 400
    assert PRODUCT // (100 * WIDTH) < 400
