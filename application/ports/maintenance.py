from pathlib import Path
from typing import Protocol


class Maintenance(Protocol):
    """Whole copies of everything that is kept on this machine."""

    async def backup(self, target: Path) -> Path:
        """Write one archive, consistent also while others write; `target` is its file, or a
        folder to put it in. Returns the file.

        Raises InvalidInput if the file is there already, StoreUnavailable; then nothing is left.
        """
        ...

    async def restore(self, archive: Path, *, replace: bool = False) -> None:
        """Put everything back as it was, all or nothing. Nobody may use the data meanwhile.

        Raises InvalidInput for a file that is no whole backup, Conflict if there is data already
        and `replace` is not set, Misconfigured for a backup of a newer Falsafa, StoreUnavailable.
        """
        ...
