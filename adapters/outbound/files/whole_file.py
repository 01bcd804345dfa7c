"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from adapters.outbound.files.keys import INCOMING
from domain.errors import StoreUnavailable


class WholeFile:
    """A file under a hidden name beside its place; `commit` gives it its own.

    All methods block, and raise StoreUnavailable.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = NamedTemporaryFile(  # noqa: SIM115 - `commit` or `discard` closes it
                dir=path.parent, prefix=INCOMING, delete=False
            )

    def write(self, piece: bytes) -> None:
        with translated(self._path):
            self._file.write(piece)

    def commit(self) -> None:
        with translated(self._path):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            Path(self._file.name).replace(self._path)

    def discard(self) -> None:
        """Leave nothing; after `commit` nothing to do."""
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    file = WholeFile(path)
    try:
        file.write(content)
        file.commit()
    except BaseException:
        file.discard()
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """The file system's errors as StoreUnavailable."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreUnavailable(
            f"The folder {path.parent} cannot be used: {reason}. Check its disk and its rights."
        ) from error
