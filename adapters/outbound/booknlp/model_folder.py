"""The folder that holds BookNLP's models, and whether they are whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from adapters.outbound.booknlp.catalogue import Artefact, Catalogue

FOLDER = "booknlp"  # in the folder for models; in it one folder a model, whole by itself
_MANIFEST = "manifest.json"


class Fault(NamedTuple):
    name: str  # of the artefact
    what: str


class ModelFolder:
    """All methods block. The manifest tells for each artefact which digest it was fetched by, and
    sizes and digests of the files made from it: a network is stored with a change."""

    def __init__(self, root: Path, catalogue: Catalogue) -> None:
        self.root = root
        self.catalogue = catalogue

    @property
    def hub(self) -> Path:
        """In the form of the cache that `transformers` looks into: HF_HOME."""
        return self.root / "huggingface"

    @property
    def pipeline(self) -> Path:
        """A folder for `spacy.load`."""
        return self.root / self.catalogue.pipeline.name.removesuffix("-py3-none-any.whl")

    def network(self, artefact: Artefact) -> Path:
        return self.root / artefact.name

    def missing(self) -> list[Artefact]:
        faulty = {fault.name for fault in self.faults()}
        return [artefact for artefact in self.catalogue.all if artefact.name in faulty]

    def faults(self, *, thorough: bool = False) -> list[Fault]:
        """What is not there or has another size; `thorough` reads every byte."""
        manifest = self._manifest()
        return [
            fault
            for artefact in self.catalogue.all
            for fault in self._faults(artefact, manifest.get(artefact.name), thorough)
        ]

    def record(self, artefact: Artefact, files: Iterable[Path]) -> None:
        """Enter what was made from an artefact, once all of it stands in its place."""
        made = {
            path.relative_to(self.root).as_posix(): [path.stat().st_size, digest(path)]
            for path in files
        }
        manifest = self._manifest() | {artefact.name: {"sha256": artefact.sha256, "files": made}}
        content = json.dumps(manifest, indent=2, sort_keys=True).encode()
        write_whole(self.root / _MANIFEST, content)

    def _manifest(self) -> dict[str, Any]:
        with suppress(OSError, ValueError):  # what is not there, or damaged, is fetched
            found = json.loads((self.root / _MANIFEST).read_text("utf-8"))
            if isinstance(found, dict):
                return found
        return {}

    def _faults(
        self, artefact: Artefact, entry: Mapping[str, Any] | None, thorough: bool
    ) -> Iterator[Fault]:
        if entry is None or entry["sha256"] != artefact.sha256:
            yield Fault(artefact.name, "is not there")
            return
        for name, (size, sha256) in entry["files"].items():
            path = self.root / name
            if not path.is_file():
                yield Fault(artefact.name, f"{name} is gone")
            elif path.stat().st_size != size:
                yield Fault(artefact.name, f"{name} has {path.stat().st_size} bytes, not {size}")
            elif thorough and digest(path) != sha256:
                yield Fault(artefact.name, f"{name} is damaged")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with new.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
