"""Whether Qdrant can be used."""

import time

from adapters.outbound.qdrant.client import QdrantConnection
from application.ports.health import Health
from domain.errors import StoreUnavailable


class QdrantHealthCheck:
    def __init__(self, qdrant: QdrantConnection) -> None:
        self._qdrant = qdrant

    async def check(self) -> Health:
        begun = time.perf_counter()
        try:
            about = await self._qdrant.ask(lambda client: client.info())
            # Asks for the key, if there is one, which the first does not.
            found = await self._qdrant.ask(lambda client: client.get_collections())
        except StoreUnavailable as error:
            return Health("vectors", ok=False, detail=error.message)
        return Health(
            "vectors",
            ok=True,
            detail=f"Qdrant {about.version}, collections: {len(found.collections):,}",
            latency_ms=(time.perf_counter() - begun) * 1000,
        )
