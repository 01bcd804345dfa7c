import json
from pathlib import Path

import pytest

from adapters.outbound.reranking.learned_order import FILE, load_learned
from application.ports.token_vectors import QUERY_HEADS
from domain.book_terms import BookTerms
from domain.errors import ModelUnavailable
from domain.frontier import WHOLE_BOOK
from domain.passage import Passage
from domain.ranking import ranked
from domain.span import Span
from tests.token_matches import token_matches

TEXTS = ["The boat lay in the harbour.", "She lit the lamp.", "A letter came.", "The storm rose."]


def book() -> BookTerms:
    return BookTerms([Passage(n, Span(9 * n, 9 * n + 9), 0, text) for n, text in enumerate(TEXTS)])


def test_the_shipped_networks_know_the_features_they_are_given() -> None:
    cosines = {0: 0.2, 1: 0.7, 2: 0.1, 3: 0.2}
    matches = token_matches(("lamp",), {n: [0.9 if n == 1 else 0.2] for n in range(4)}, QUERY_HEADS)
    for known in (None, matches):
        order = ranked(book(), ["lamp"], cosines, range(4), WHOLE_BOOK, known, load_learned())
        assert order[0] == 1
        assert sorted(order) == [0, 1, 2, 3]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"order\.json; install Falsafa again"):
        load_learned(tmp_path / "order.json")


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "\udcff"])
def test_a_damaged_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "order.json"
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ModelUnavailable):
        load_learned(path)


@pytest.mark.parametrize("row", ["names", "centre", "scale", "hidden", "bias", "output"])
def test_a_network_that_lacks_a_weight_is_told(tmp_path: Path, row: str) -> None:
    table = json.loads(FILE.read_text(encoding="utf-8"))
    table["without"][row].pop()
    path = tmp_path / "order.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(ModelUnavailable):
        load_learned(path)
