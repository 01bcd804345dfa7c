"""A book in one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from adapters.outbound.parsing.builder import build_from_blocks
from adapters.outbound.parsing.byline import completed
from adapters.outbound.parsing.characters import clean, collapse
from adapters.outbound.parsing.encodings import decode_markup
from adapters.outbound.parsing.flow import read_flow
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markup import Event, Start, read_html
from domain.book import BookMetadata, ParsedBook

_LONGEST_FIELD = 300


def parse_html(data: bytes, limits: ParsingLimits) -> ParsedBook:
    """Raises BrokenFile, EmptyBook, FileTooLarge."""
    events = list(read_html(decode_markup(data), limits))
    blocks = read_flow(events).blocks
    return build_from_blocks(blocks, completed(_metadata(events), blocks), limits)


def _metadata(events: Sequence[Event]) -> BookMetadata:
    """What the head says. Its title is the page's, which names the site too: the last resort."""
    metas: dict[str, str] = {}
    language = title = ""
    for event, following in pairwise(events):
        if not isinstance(event, Start):
            continue
        if event.tag == "html":
            language = event.attributes.get("lang", "")
        elif event.tag == "title" and isinstance(following, str):
            title = title or following
        elif event.tag == "meta":
            name = event.attributes.get("name", "").lower()
            metas.setdefault(name, event.attributes.get("content", ""))
        elif event.tag == "body":
            break
    return BookMetadata(
        title=_field(metas.get("dc.title") or title),
        author=_field(metas.get("author") or metas.get("dc.creator", "")),
        language=language or metas.get("dc.language", ""),
        description=_field(metas.get("description", "")),
    )


def _field(value: str) -> str:
    return collapse(clean(value))[:_LONGEST_FIELD]
