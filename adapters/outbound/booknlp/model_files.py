"""The ModelFiles of BookNLP: fetched over HTTPS, verified by a digest, installed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx

from adapters.outbound.booknlp.catalogue import CATALOGUES, Artefact, Catalogue
from adapters.outbound.booknlp.download import Download
from adapters.outbound.booknlp.installation import check_installed, install
from adapters.outbound.booknlp.model_folder import FOLDER, ModelFolder
from application.ports.model_files import FetchProgress, ModelFile
from application.retrying import Patience, retried
from domain.errors import BrokenFile, SourceUnavailable, StoreUnavailable, Unavailable

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_PATIENCE = Patience(attempts=5, first_pause=1.0, longest_pause=30.0)


class BookNlpModelFiles:
    """`model`: "small" (173 MB) or "big" (1.2 GB), kept in a folder of `models_dir`."""

    def __init__(
        self,
        models_dir: Path,
        model: str = "small",
        *,
        catalogues: Mapping[str, Catalogue] = CATALOGUES,
        patience: Patience = _PATIENCE,
    ) -> None:
        self._folder = ModelFolder(models_dir / FOLDER / model, catalogues[model])
        self._patience = patience

    async def fetch(self, tell: Callable[[FetchProgress], None]) -> None:
        check_installed()  # before, not after, a gigabyte has been fetched
        async with httpx.AsyncClient(
            trust_env=False, follow_redirects=True, timeout=_TIMEOUT
        ) as client:
            for artefact in await asyncio.to_thread(self._folder.missing):
                await self._fetch(client, artefact, tell)

    async def check(self) -> Sequence[ModelFile]:
        faults = await asyncio.to_thread(self._folder.faults, thorough=True)
        first = {fault.name: fault.what for fault in reversed(faults)}
        return [
            ModelFile(artefact.name, artefact.size, first.get(artefact.name, ""))
            for artefact in self._folder.catalogue.all
        ]

    async def _fetch(
        self, client: httpx.AsyncClient, artefact: Artefact, tell: Callable[[FetchProgress], None]
    ) -> None:
        place = self._folder.root / f"{artefact.name}.part"

        def tell_unverified(fetched: int) -> None:
            tell(FetchProgress(artefact.name, min(fetched, artefact.size - 1), artefact.size))

        download = Download(artefact, place, tell_unverified)
        try:
            await retried(lambda: download.go_on(client), self._patience)
            await asyncio.to_thread(download.verify)
            await asyncio.to_thread(install, self._folder, artefact, place)
            place.unlink()
        except Unavailable as error:
            raise SourceUnavailable(
                f"{artefact.name} could not be fetched: {error.message} "
                "Run `falsafa models fetch` again: it goes on where this ended."
            ) from error
        except BrokenFile:
            place.unlink()
            raise
        except OSError as error:
            raise StoreUnavailable(
                f"The folder {self._folder.root} cannot be written: {error.strerror}."
            ) from error
        tell(FetchProgress(artefact.name, artefact.size, artefact.size))
