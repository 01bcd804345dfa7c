from pathlib import Path

import numpy as np
import pytest

from adapters.outbound.embedding.token_projection import SHIPPED, SHIPPED_FILE, TokenProjection
from domain.errors import ModelUnavailable


def test_the_directions_that_ship_are_orthonormal() -> None:
    assert SHIPPED.matrix.shape == (384, SHIPPED.width)
    products = SHIPPED.matrix.T @ SHIPPED.matrix
    assert np.abs(products - np.eye(SHIPPED.width)).max() < 1e-5


def test_another_matrix_has_another_digest(tmp_path: Path) -> None:
    np.save(tmp_path / "same.npy", SHIPPED.matrix)
    np.save(tmp_path / "other.npy", SHIPPED.matrix * 2)
    assert TokenProjection(tmp_path / "same.npy").digest == SHIPPED.digest
    assert TokenProjection(tmp_path / "other.npy").digest != SHIPPED.digest


@pytest.mark.parametrize("length", [0, 20, 1000])
def test_a_damaged_file_is_told(tmp_path: Path, length: int) -> None:
    path = tmp_path / "matrix.npy"
    path.write_bytes(SHIPPED_FILE.read_bytes()[:length])
    with pytest.raises(ModelUnavailable, match=r"matrix\.npy; install Falsafa again"):
        _ = TokenProjection(path).digest


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="install Falsafa again"):
        _ = TokenProjection(tmp_path / "none.npy").width
