from pathlib import Path

import pytest

from adapters.outbound.embedding.model_cache import cached


class Builder:
    def __init__(self) -> None:
        self.built = 0

    def __call__(self) -> bytes:
        self.built += 1
        return b"a model"


def test_a_model_is_built_once(tmp_path: Path) -> None:
    build = Builder()
    path = tmp_path / "models" / "model"
    assert cached(path, build) == b"a model"
    assert cached(path, build) == b"a model"
    assert build.built == 1


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 40])
def test_a_damaged_file_is_built_again(tmp_path: Path, damage: bytes) -> None:
    build = Builder()
    path = tmp_path / "model"
    cached(path, build)
    path.write_bytes(damage)
    assert cached(path, build) == b"a model"
    assert cached(path, build) == b"a model"
    assert build.built == 2


def test_a_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise KeyError("a weight")

    with pytest.raises(KeyError):
        cached(tmp_path / "model", fail)
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_the_model_is_left_behind(tmp_path: Path) -> None:
    cached(tmp_path / "model", Builder())
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
