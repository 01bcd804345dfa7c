from collections.abc import Sequence
from typing import Protocol


class TokenCounter(Protocol):
    """Synchronous and pure: chunking and budgets are domain logic that takes it as an argument."""

    def count(self, text: str) -> int: ...

    def count_all(self, texts: Sequence[str]) -> list[int]: ...

    def truncate(self, text: str, limit: int) -> str:
        """The longest prefix of at most `limit` tokens, cut at a code point."""
        ...
