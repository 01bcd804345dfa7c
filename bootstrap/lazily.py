"""Constructors that are imported when they are first called: a vendor's SDK costs only those who
chose it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any


def load(path: str) -> Any:
    """What `package.module:Name` leads to."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def lazily(path: str) -> Callable[..., Any]:
    def build(*arguments: Any, **named: Any) -> Any:
        return load(path)(*arguments, **named)

    return build
