"""The bundled book with its cast, as the product reads it."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markdown import parse_markdown
from domain.book import BookLayout
from domain.cast import Cast
from domain.frontier import Frontier
from domain.late_words import FirstMentions

_FILE = Path(__file__).parents[3] / "examples" / "the-dowager-at-home.md"


class Dowager(NamedTuple):
    text: str
    layout: BookLayout
    cast: Cast
    mentions: FirstMentions

    def read(self, chapters: int) -> Frontier:
        """The end of the chapter of this number."""
        return Frontier(next(c.span.end for c in self.layout.chapters if c.number == chapters))


@cache
def the_dowager() -> Dowager:
    parsed = parse_markdown(_FILE.read_bytes(), ParsingLimits())
    layout = BookLayout(len(parsed.text), parsed.chapters)
    cast = extract_cast(parsed.text, layout)
    return Dowager(parsed.text, layout, cast, FirstMentions(parsed.text, cast))
