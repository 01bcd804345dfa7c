"""The characters of a book as frontends list them, in the `characters` table."""

from typing import Any

from domain.cast import Cast
from domain.frontier import WHOLE_BOOK

_PRIMARY_SHARE = 0.1  # of the mentions of whoever has most: who has so many is a main character


def roster_of(cast: Cast) -> list[dict[str, Any]]:
    """For who has read the whole book, the most prominent first; one entry for a person, whatever
    the text lets them pass as at first."""
    people = cast.up_to(WHOLE_BOOK).characters
    most = max((c.mention_count for c in people), default=0)
    return [
        {
            "id": c.id,
            "name": c.name,
            "aliases": [alias.text for alias in c.aliases if alias.text != c.name],
            "mention_count": c.mention_count,
            "is_primary": c.mention_count >= most * _PRIMARY_SHARE,
        }
        for c in people
    ]
