"""The networks of our own ranker, as `make train-search` writes them: training/README.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.errors import ModelUnavailable
from domain.network import Network
from domain.ranking import Learned

FILE = Path(__file__).parent / "data" / "learned_order.json"


def load_learned(path: Path = FILE) -> Learned:
    """Raises ModelUnavailable if the file is missing or damaged."""
    try:
        return _learned(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            f"The learned order cannot be read from {path}; install Falsafa again."
        ) from error


def _learned(table: Mapping[str, Any]) -> Learned:
    """`table`: the networks by the names of Learned's fields."""
    return Learned(with_tokens=_network(table["with_tokens"]), without=_network(table["without"]))


def _network(table: Mapping[str, Any]) -> Network:
    return Network(
        names=tuple(table["names"]),
        centre=table["centre"],
        scale=table["scale"],
        hidden=table["hidden"],
        bias=table["bias"],
        output=table["output"],
        straight=table["straight"],
    )
