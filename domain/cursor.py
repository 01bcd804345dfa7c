"""Cursors: where a page ended, told as one opaque word."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from domain.errors import InvalidInput


def write_cursor(*key: str) -> str:
    """The word for the sort key of a page's last item."""
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> tuple[str, ...]:
    """The sort key in a cursor, `length` texts. Raises InvalidInput for a word we never gave."""
    try:
        key = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != length or not all(isinstance(k, str) for k in key):
        raise InvalidInput("This cursor is none that we gave. Begin again without one.")
    return tuple(key)
