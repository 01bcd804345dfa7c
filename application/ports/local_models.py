from collections.abc import Sequence
from typing import Protocol


class LocalModels(Protocol):
    async def installed(self) -> Sequence[str]:
        """Language models that a server on this machine offers; none if no server answers."""
        ...
