"""Every position that the pipeline gives, on whole books: it slices to exactly its text."""

import itertools
import os
from pathlib import Path

import pytest

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.parser import parse_bytes
from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from domain.book import Chapter
from domain.chunking import chunk
from domain.citation import CitationReader
from domain.passage import Passage, SearchHit
from tests.unit.cast.test_extract import check_positions

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR")
pytestmark = [
    pytest.mark.eval_data,
    pytest.mark.slow,
    pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data"),
]


def books() -> list[Path]:
    if not EVAL_DIR:
        return []
    novels = Path(EVAL_DIR, "pdnc-dev").glob("*/novel_text.txt")
    return sorted([*Path(EVAL_DIR, "books").glob("*.epub"), *novels])


@pytest.mark.parametrize("path", books(), ids=lambda p: f"{p.parent.name}-{p.suffix[1:]}")
def test_every_position_of_a_book_slices_to_exactly_its_text(path: Path) -> None:
    parsed = parse_bytes(path.read_bytes(), path.name, "", ParsingLimits())
    text, layout = parsed.text, parsed.layout
    cast = extract_cast(text, layout, parsed.metadata.language)
    passages = chunk(text, layout, TiktokenCounter().count_all)

    check_chapters(text, parsed.chapters)
    check_positions(text, cast)
    for passage in passages:
        assert passage.span.of(text) == passage.text
        assert parsed.chapters[passage.chapter_index].span.contains(passage.span)
    quoted = [q.span for q in cast.quotes if len(q.span) >= 40]
    check_citations(text, passages, [q.of(text) for q in quoted])


def check_chapters(text: str, chapters: tuple[Chapter, ...]) -> None:
    assert [c.index for c in chapters] == list(range(len(chapters)))
    assert chapters[0].span.start == 0
    assert chapters[-1].span.end == len(text)
    for chapter, following in itertools.pairwise(chapters):
        assert chapter.span.end == following.span.start
    for chapter in chapters:
        if chapter.heading is not None:
            assert chapter.span.contains(chapter.heading)
            heading = chapter.heading.of(text)
            assert heading == heading.strip() != ""


def check_citations(text: str, passages: list[Passage], lines: list[str]) -> None:
    """A reply that quotes a line of each passage cites exactly that line."""
    checked = 0
    for passage in passages:
        line = next((line for line in lines if line in passage.text), None)
        if line is None:
            continue
        (citation,) = CitationReader([SearchHit(1, passage, "")]).feed(f"He said “{line}” [1]")
        assert citation.span.of(text) == citation.exact
        assert passage.span.contains(citation.span)
        before = text[: citation.span.start]
        assert before.endswith(citation.prefix)
        assert text[citation.span.end :].startswith(citation.suffix)
        checked += 1
    assert checked > 20
