from array import array
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from adapters.outbound.embedding.query_heads import QueryHeads
from adapters.outbound.token_vectors.book_tokens import NumpyBookTokens
from application.ports.token_vectors import QUERY_HEADS, UNIT
from domain.book_terms import BookTerms
from domain.features import Features
from domain.frontier import WHOLE_BOOK
from domain.network import Network
from domain.passage import Passage
from domain.ranking import evidence_of, features_of
from domain.signals import token_rarities
from domain.span import Span
from domain.token_matches import AdaptedMatches, Cosines, TokenMatches
from training.search.examples import MARGINS, BookVectors, Example, Tokens, book_vectors

torch = pytest.importorskip("torch", reason="PyTorch is not installed. Run: make test-booknlp")

from training.search.heads import adapted, untrained, write_heads  # noqa: E402
from training.search.learn import learn, mean_of  # noqa: E402
from training.search.model import Case, Model  # noqa: E402

NAMES = ("fused", "misleads")
WIDTH = 64

Rows = npt.NDArray[np.float32]


def examples(count: int) -> list[Example]:
    """The right passage of each stands out by the first feature alone."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(count):
        rows = random.normal(size=(6, 2)).astype(np.float32)
        found.append(Example(rows, rows[:, 0] == rows[:, 0].max(), None))
    return found


def examples_of_tokens(count: int) -> list[Example]:
    """The right passage has the token that the question's first is turned to in the end; none of
    the features tells."""
    random = np.random.default_rng(2)
    asked = random.normal(size=(4, 384)).astype(np.float32)
    answers = unit(random.normal(size=(4, WIDTH)))
    found = []
    for _ in range(count):
        right = np.zeros(6, bool)
        right[random.integers(6)] = True
        kinds = random.permutation(4)
        kind_of = [kinds[0 if there else 1 + random.integers(3)] for there in right]
        states = np.stack([asked[kinds[0]], random.normal(size=384).astype(np.float32)])
        tokens = Tokens(
            states=states,
            rarities=np.array([1, 0], np.float32),
            book=BookVectors(answers[kind_of][:, None], np.ones((6, 1), bool)),
            pool=np.arange(6),
            beside=np.full((6, 2), -1),
        )
        rows = random.normal(size=(6, 2)).astype(np.float32)
        found.append(Example(rows, right, tokens))
    return found


def unit(rows: npt.NDArray[np.float64]) -> Rows:
    lengths: npt.NDArray[np.float64] = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / lengths).astype(np.float32)


def scores(network: Network, rows: Rows) -> list[float]:
    inputs: list[Features] = [dict(zip(NAMES, map(float, row), strict=True)) for row in rows]
    return [network.score(row) for row in inputs]


def test_a_network_learns_which_feature_tells() -> None:
    network = learn(NAMES, examples(800)).network
    unseen = examples(900)[800:]
    right = [int(np.argmax(scores(network, e.rows))) == int(e.right.argmax()) for e in unseen]
    assert np.mean(right) > 0.9


def test_the_mean_of_networks_scores_as_they_do_in_the_mean() -> None:
    one = learn(NAMES, examples(30)).network
    inputs = {"fused": 0.3, "misleads": -0.7, "other": 0.5}
    other = replace(
        one,
        names=("other", "fused"),
        centre=(0.2, one.centre[0]),  # what both take in is standardized alike
        scale=(3.0, one.scale[0]),
        straight=(0.5, 0.1),
        output=one.output[::-1],
    )
    mean = (one.score(inputs) + other.score(inputs)) / 2
    assert mean_of([one, other]).score(inputs) == pytest.approx(mean)


def test_the_same_examples_give_the_same_network() -> None:
    assert learn(NAMES, examples(50)).network == learn(NAMES, examples(50)).network


def test_a_head_learns_what_answers_look_like(tmp_path: Path) -> None:
    found = examples_of_tokens(300)
    learnt = learn(NAMES, found)
    write_heads(tmp_path / "head.npz", learnt.heads)
    heads = QueryHeads(tmp_path / "head.npz")
    right = 0
    for example in found[:100]:
        assert example.tokens is not None
        moved, _, _ = heads.adapt(example.tokens.states)
        assert len(moved) == QUERY_HEADS
        cosines = example.tokens.book.rows[:, 0] @ moved[:, 0].mean(axis=0)
        right += bool(example.right[int(np.argmax(cosines))])
    assert right > 90


def test_a_model_learns_from_what_the_search_makes_of_its_head(tmp_path: Path) -> None:
    """Of a pool of six: two chapters, of which the first three passages and the last were found."""
    random = np.random.default_rng(5)
    generator = torch.Generator().manual_seed(5)
    head = untrained(generator)
    for name in ("joined", "narrow", "weights"):
        head[name] = torch.randn(head[name].shape, generator=generator) * 0.05
    write_heads(tmp_path / "head.npz", [head])
    counts = np.array([2, 3, 1, 2, 2, 3], np.uint32)
    levels = np.rint(unit(random.normal(size=(int(counts.sum()), WIDTH))) * UNIT).astype(np.int8)
    book = NumpyBookTokens(levels, counts)
    terms = BookTerms([Passage(n, Span(n, n + 1), n // 3, "boat") for n in range(6)])
    states = random.normal(size=(3, 384)).astype(np.float32)
    words, pool = ("", "boat", "storm"), [2, 0, 1, 5]
    moved, factors, shares = QueryHeads(tmp_path / "head.npz").adapt(states)

    def nearest(passages: Sequence[int]) -> Cosines:
        return book.nearest(array("b", moved[0].tobytes()), passages)

    cosines = {n: [0.1 * n, 0.2] for n in range(6)}
    adapted_matches = AdaptedMatches(words, factors.tolist(), shares.tolist(), nearest)
    matches = TokenMatches(words[1:], cosines, adapted_matches)
    evidence = evidence_of(terms, ["boat"], {}, WHOLE_BOOK, matches)
    served = features_of(evidence, pool)

    rarities = np.array(token_rarities(terms, words, 6), np.float32)
    beside = np.array([[1, -1], [1, -1], [0, 2], [4, -1]])
    tokens = Tokens(states, rarities, book_vectors(book), np.array(pool), beside)
    given = tuple(name for name in served[0] if not name.startswith(MARGINS))
    rows = np.array([[row[name] for name in given] for row in served], np.float32)
    model = Model(given, head, generator)
    with torch.no_grad():
        inputs = model.inputs(Case(Example(rows, np.ones(4, bool), tokens)), 4, None)
    learned_from = [
        dict(zip((name.format(1) for name in model.names), row, strict=True))
        for row in inputs.tolist()
    ]
    for ours, theirs in zip(learned_from, served, strict=True):
        assert ours == pytest.approx(theirs, abs=0.02)  # rounding to int8 and half precision


def test_an_untrained_head_moves_nothing(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(3)
    write_heads(tmp_path / "head.npz", [untrained(generator)])
    states = np.random.default_rng(3).normal(size=(5, 384)).astype(np.float32)
    (moved,), (factors,), (shares,) = QueryHeads(tmp_path / "head.npz").adapt(states)
    projection = untrained(generator)["projection"].numpy()
    as_it_was = unit(states @ projection) * 127
    assert np.abs(moved - as_it_was).max() <= 1
    assert factors.tolist() == [1.0] * 5
    assert shares.max() < 0.01


def test_numpy_works_a_head_out_as_pytorch_does(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(4)
    head = untrained(generator)
    for name in ("joined", "narrow", "weights"):
        head[name] = torch.randn(head[name].shape, generator=generator) * 0.05
    write_heads(tmp_path / "head.npz", [head])
    halved = {name: values.half().float() for name, values in head.items()}
    states = torch.randn(9, 384, generator=generator)
    vectors, factors, shares = adapted(halved, states, None)
    (moved,), (factors_too,), (shares_too,) = QueryHeads(tmp_path / "head.npz").adapt(
        states.numpy()
    )
    assert np.abs(moved / 127 - vectors.numpy()).max() < 0.005
    assert np.allclose(factors_too, factors.numpy(), atol=1e-4)
    assert np.allclose(shares_too, shares.numpy(), atol=1e-6)
