from pathlib import Path

import numpy as np

from adapters.outbound.reranking.learned_order import load_learned
from application.ports.token_vectors import QUERY_HEADS
from domain.network import Network
from domain.ranking import Judge
from training.search.held_out import HELD_OUT, held_out


def network(judge: Judge) -> Network:
    assert isinstance(judge, Network)
    return judge


def test_each_book_has_what_was_learned_without_its_fold_and_is_of_the_shipped_kind() -> None:
    shipped = load_learned()
    states = np.ones((2, 384), np.float32)
    found = held_out()
    assert len(found) == 7
    for learned, heads in found.values():
        for ours, theirs in (
            (network(learned.with_tokens), network(shipped.with_tokens)),
            (network(learned.without), network(shipped.without)),
        ):
            assert ours.names == theirs.names
            assert ours != theirs
        levels, _, _ = heads.adapt(states)
        assert len(levels) == QUERY_HEADS


def test_no_book_lies_in_two_folds() -> None:
    folds = len(list(HELD_OUT.glob("*.json")))
    states = np.ones((1, 384), np.float32)
    by_heads = {heads.adapt(states)[0].tobytes() for _, heads in held_out().values()}
    assert len(by_heads) == folds == 5


def test_without_files_no_book_is_held_out(tmp_path: Path) -> None:
    assert held_out(tmp_path) == {}
