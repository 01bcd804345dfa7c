"""One file over HTTP, in as many attempts as it takes: each goes on where the last one ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx

from adapters.outbound.booknlp.catalogue import Artefact
from adapters.outbound.booknlp.model_folder import digest
from domain.errors import BrokenFile, SourceUnavailable, Unavailable

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


class Download:
    """`place` holds what there is of the file. `tell` gets how many bytes that are."""

    def __init__(self, artefact: Artefact, place: Path, tell: Callable[[int], None]) -> None:
        self._artefact = artefact
        self._place = place
        self._tell = tell

    async def go_on(self, client: httpx.AsyncClient) -> None:
        """Raises Unavailable where another attempt may help, else SourceUnavailable, BrokenFile."""
        have = await asyncio.to_thread(self._size)
        if have == self._artefact.size:
            return
        headers = {"Accept-Encoding": "identity"}  # so that places in it are those of the file
        if 0 < have < self._artefact.size:
            headers["Range"] = f"bytes={have}-"
        try:
            async with client.stream("GET", self._artefact.url, headers=headers) as response:
                self._accept(response)
                went_on = response.status_code == httpx.codes.PARTIAL_CONTENT
                await self._write(response, have if went_on else 0)
        except httpx.ConnectError as error:
            raise Unavailable("Its server cannot be reached.") from error
        except httpx.HTTPError as error:
            raise Unavailable("The connection broke off.") from error

    def verify(self) -> None:
        """Blocks. Raises BrokenFile."""
        if digest(self._place) != self._artefact.sha256:
            raise self._another_file()

    def _size(self) -> int:
        return self._place.stat().st_size if self._place.exists() else 0

    def _accept(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        host = response.url.host
        if response.status_code in _BUSY:
            after = response.headers.get("retry-after", "")
            raise Unavailable(
                f"{host} answered {response.status_code}.",
                retry_after=float(after) if after.isdigit() else None,
            )
        raise SourceUnavailable(
            f"{host} answered {response.status_code} for {self._artefact.name}. It may have moved: "
            "look for a newer version of Falsafa."
        )

    async def _write(self, response: httpx.Response, start: int) -> None:
        self._place.parent.mkdir(parents=True, exist_ok=True)
        with self._place.open("ab" if start else "wb") as file:
            have = start
            async for piece in response.aiter_bytes():
                file.write(piece)
                have += len(piece)
                if have > self._artefact.size:
                    raise self._another_file()
                self._tell(have)
        if have < self._artefact.size:
            raise Unavailable("The connection ended before the file did.")

    def _another_file(self) -> BrokenFile:
        return BrokenFile(
            f"{self._artefact.url} is not the file that was expected. It was not kept: somebody "
            "has changed it, there or on the way."
        )
