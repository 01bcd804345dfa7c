from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FetchProgress:
    file: str
    fetched: int  # bytes
    size: int  # bytes; equal: the file is whole, verified and in its place


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str
    size: int  # bytes to fetch
    fault: str  # what is wrong with it here; "" if it is whole


class ModelFiles(Protocol):
    """Models that are fetched once, by command, and never while the service works."""

    async def fetch(self, tell: Callable[[FetchProgress], None]) -> None:
        """Fetch what is missing, going on where an earlier attempt was broken off.

        Raises SourceUnavailable, Misconfigured, and BrokenFile for a file that is not the one that
        was expected.
        """
        ...

    async def check(self) -> Sequence[ModelFile]:
        """Every file that is needed, read to its last byte."""
        ...
