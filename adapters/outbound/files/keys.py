"""Keys that are safe as paths below a folder."""

import re
from pathlib import Path

from domain.errors import InvalidInput

INCOMING = ".incoming-"  # how the names of files begin that are not whole yet

_PART = re.compile(r"[A-Za-z0-9._-]{1,128}")


def path_of(root: Path, key: str) -> Path:
    """Where a key `a/b/name` stands. Raises InvalidInput for one that could lead elsewhere."""
    parts = key.split("/")
    if not all(_is_plain(part) for part in parts):
        raise InvalidInput("A key is made of parts of letters, digits, '.', '_' and '-'.")
    return root.joinpath(*parts)


def _is_plain(part: str) -> bool:
    if part in (".", "..") or part.startswith(INCOMING):
        return False
    return _PART.fullmatch(part) is not None
