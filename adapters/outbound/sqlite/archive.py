"""The archive of a backup: a gzipped tar of plain files, and a manifest with their hashes.

Names in it are `falsafa.db` and `{folder}/{path}`; `manifest.json` comes last, when all hashes
are known.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from domain.errors import InvalidInput

MANIFEST = "manifest.json"
FORMAT = 1

_BLOCK = 1 << 20  # bytes
_NO_BACKUP = "This is no whole backup of Falsafa"


class ArchiveWriter:
    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._hashes: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Raises FileNotFoundError if it is gone, before anything is written."""
        with path.open("rb") as content:
            hashed = _Hashed(content)
            member = self._tar.gettarinfo(arcname=name, fileobj=content)
            self._tar.addfile(member, hashed)
        self._hashes[name] = hashed.digest()

    def finish(self, facts: dict[str, Any]) -> None:
        manifest = {"format": FORMAT, **facts, "sha256": self._hashes}
        content = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))


def unpack(archive: Path, into: Path) -> dict[str, Any]:
    """Write an archive's files below a folder, checked; return the manifest.

    Raises InvalidInput for anything but a whole backup: another file, a cut or changed one, a
    link, a name that leads elsewhere.
    """
    manifest: dict[str, Any] = {}
    hashes: dict[str, str] = {}
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for name, content in _files(tar):
                if name == MANIFEST:
                    manifest = json.load(content)
                else:
                    hashes[name] = _write(content, into / name)
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the archive's
        raise InvalidInput(f"{_NO_BACKUP}: it cannot be read.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InvalidInput(f"{_NO_BACKUP}: its list of files is missing.")
    if manifest.get("sha256") != hashes or not isinstance(manifest.get("schema"), int):
        raise InvalidInput(f"{_NO_BACKUP}: a file is missing or changed.")
    return manifest


def _files(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        path = PurePosixPath(member.name)
        plain = not path.is_absolute() and ".." not in path.parts and "\\" not in member.name
        content = tar.extractfile(member) if member.isreg() and plain else None
        if content is None:
            raise InvalidInput(f"{_NO_BACKUP}: it holds more than plain files.")
        yield member.name, content


def _write(content: IO[bytes], path: Path) -> str:
    hashed = _Hashed(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while block := hashed.read(_BLOCK):
            file.write(block)
    return hashed.digest()


class _Hashed(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self._hash.update(block)
        return block

    def digest(self) -> str:
        return self._hash.hexdigest()
