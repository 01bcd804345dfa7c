"""Cursors: where a page ended, told as one opaque word."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from domain.errors import InvalidInput

_NOT_OURS = "This cursor is none that we gave. Begin again without one."


def write_cursor(*key: str) -> str:
    """The word for the sort key of a page's last item."""
    return urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(cursor: str, length: int) -> tuple[str, ...]:
    """The sort key in a cursor, `length` texts. Raises InvalidInput for a word we never gave."""
    try:
        key = json.loads(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != length or not all(map(_is_plain, key)):
        raise InvalidInput(_NOT_OURS)
    return tuple(key)


def read_place(cursor: str) -> int:
    """The one number in a cursor. Raises InvalidInput for a word we never gave."""
    (place,) = read_cursor(cursor, 1)
    if not place.isdigit() or len(place) > 18:
        raise InvalidInput(_NOT_OURS)
    return int(place)


def _is_plain(key: object) -> bool:
    return isinstance(key, str) and key.isascii()  # as times, ids and numbers are
