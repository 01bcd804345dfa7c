"""What the tests of all formats share."""

from __future__ import annotations

from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.parser import parse_bytes
from domain.book import Chapter, ChapterKind, ParsedBook

LIMITS = ParsingLimits()

# Words enough under a heading that it is no line of a table of contents.
PROSE = (
    "The rain had not stopped since Tuesday, and nobody in the house spoke of it any longer. "
    "Miss Orde sat by the window with her letters, and the clock went on as clocks do."
)


def parse(
    data: bytes | str, file_name: str = "", media_type: str = "", limits: ParsingLimits = LIMITS
) -> ParsedBook:
    content = data.encode() if isinstance(data, str) else data
    return parse_bytes(content, file_name, media_type, limits)


def titles(book: ParsedBook, kind: ChapterKind = ChapterKind.BODY) -> list[str]:
    return [c.title for c in book.chapters if c.kind is kind]


def text_of(book: ParsedBook, chapter: Chapter) -> str:
    return chapter.span.of(book.text)


def assert_sound(book: ParsedBook) -> None:
    """What holds for every parsed book: chapters tile the text, offsets lie inside it."""
    assert book.text.strip()
    assert "\r" not in book.text
    assert "\0" not in book.text
    book.text.encode("utf-8")  # no lone surrogates
    assert book.chapters
    assert book.chapters[0].span.start == 0
    assert book.chapters[-1].span.end == len(book.text)
    for before, after in zip(book.chapters, book.chapters[1:], strict=False):
        assert before.span.end == after.span.start
        assert len(before.span) > 0
    assert [c.index for c in book.chapters] == list(range(len(book.chapters)))
    body = [c for c in book.chapters if c.kind is ChapterKind.BODY]
    assert [c.number for c in body] == list(range(1, len(body) + 1))
    for chapter in book.chapters:
        if chapter.heading is not None:
            assert chapter.span.contains(chapter.heading)
            assert chapter.heading.of(book.text).strip()
    offsets = [a.offset for a in book.anchors]
    assert offsets == sorted(set(offsets))
    assert all(0 <= offset < len(book.text) for offset in offsets)
