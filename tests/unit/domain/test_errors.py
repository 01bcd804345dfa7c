import pickle
import re

import pytest

from domain import errors
from domain.errors import FalsafaError


def kinds(root: type[FalsafaError] = FalsafaError) -> list[type[FalsafaError]]:
    """Those of the tree; what an adapter refines for itself is its own."""
    children = [child for child in root.__subclasses__() if child.__module__ == errors.__name__]
    return [root, *(kind for child in children for kind in kinds(child))]


@pytest.mark.parametrize("kind", kinds())
def test_an_error_crosses_process_borders_whole(kind: type[FalsafaError]) -> None:
    error = pickle.loads(pickle.dumps(kind("Do this.", retry_after=1.5)))
    assert type(error) is kind
    assert (error.message, error.retry_after, str(error)) == ("Do this.", 1.5, "Do this.")


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", code) for code in codes)


def test_the_tree_in_the_docstring_names_every_error() -> None:
    drawn = set(re.findall(r"\b[A-Z][a-z]+(?:[A-Z][A-Za-z]+)?\b", errors.__doc__ or ""))
    assert {kind.__name__ for kind in kinds()} <= drawn
