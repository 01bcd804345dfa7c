"""Keys that are safe as paths below a folder."""

import re
from pathlib import Path

from domain.errors import InvalidInput

_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")


def path_of(root: Path, key: str) -> Path:
    """Where a key `a/b/name` stands. Raises InvalidInput for one that could lead elsewhere.

    No part begins with a dot: so none is `..`, and those names are free for our own use.
    """
    parts = key.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        raise InvalidInput("A key is made of parts of letters, digits, '.', '_' and '-'.")
    return root.joinpath(*parts)
