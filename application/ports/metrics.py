from typing import Literal, Protocol, TypeAlias

from domain.job import Phase
from domain.leak import LeakKind
from domain.turn import Usage

# What a search is put together from. An embedding model that is away is missing from `vectors`.
SearchLeg: TypeAlias = Literal["vectors", "keywords", "tokens", "reranker"]


class Metrics(Protocol):
    """What the use cases count. Names and labels of the series stand in the adapter."""

    def job_queued(self) -> None: ...

    def job_started(self) -> None: ...

    def job_ended(
        self, status: Literal["completed", "failed", "cancelled", "released"]
    ) -> None: ...

    def phase_finished(self, phase: Phase, seconds: float) -> None: ...

    def characters_extracted(self, count: int) -> None: ...

    def character_processed(self, status: Literal["completed", "failed"]) -> None: ...

    def searched(self, seconds: float, degraded: bool) -> None: ...

    def search_degraded(self, leg: SearchLeg) -> None:
        """A search that this part of it was missing from; where both legs were, one of each."""
        ...

    def turn_ended(
        self, reason: str, seconds: float, first_token_seconds: float | None
    ) -> None: ...

    def model_used(self, purpose: Literal["persona", "query"], usage: Usage) -> None:
        """Tokens that a language model took for work of ours, not for a conversation."""
        ...

    def reply_leaked(self, kind: LeakKind, *, held: bool) -> None:
        """A place of a reply that tells what its reader has not read; `held` back, or told."""
        ...

    def query_rewritten(self, outcome: Literal["model", "cache", "raw"]) -> None:
        """`raw`: it could not be, and the message was searched for as it was."""
        ...
