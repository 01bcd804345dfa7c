"""Whether a folder can be written."""

import asyncio
import shutil
import time
from pathlib import Path
from tempfile import TemporaryFile

from application.ports.health import Health


class FolderHealthCheck:
    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder

    async def check(self) -> Health:
        begun = time.perf_counter()
        try:
            free = await asyncio.to_thread(_free_after_writing, self._folder)
        except OSError as error:
            detail = f"{self._folder} cannot be written: {error.strerror}. Check its rights."
            return Health(self._name, ok=False, detail=detail)
        return Health(
            self._name,
            ok=True,
            detail=f"folder {self._folder}, {free / 1e9:.1f} GB free",
            latency_ms=(time.perf_counter() - begun) * 1000,
        )


def _free_after_writing(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        file.write(b"ok")
    return shutil.disk_usage(folder).free
