"""Whether TypeSense can be used, and which of its nodes answer."""

from __future__ import annotations

import asyncio
import time

import httpx
from typesense.configuration import NodeConfigDict

from adapters.outbound.typesense.client import TypesenseConnection
from application.ports.health import Health
from domain.errors import StoreUnavailable


class TypesenseHealthCheck:
    def __init__(self, typesense: TypesenseConnection) -> None:
        self._typesense = typesense

    async def check(self) -> Health:
        begun = time.perf_counter()
        answering = sum(await asyncio.gather(*map(self._answers, self._typesense.nodes)))
        try:
            about = await self._typesense.get("debug")  # by key
        except StoreUnavailable as error:
            return Health("keywords", ok=False, detail=error.message)
        return Health(
            "keywords",
            ok=True,
            detail=f"TypeSense {about['version']}, nodes that answer: {answering} of "
            f"{len(self._typesense.nodes)}",
            latency_ms=(time.perf_counter() - begun) * 1000,
        )

    async def _answers(self, node: NodeConfigDict) -> bool:
        url = f"{node['protocol']}://{node['host']}:{node['port']}{node.get('path', '')}/health"
        try:
            answer = await self._typesense.http.get(url)
            return bool(answer.json().get("ok"))
        except (httpx.HTTPError, ValueError):
            return False
