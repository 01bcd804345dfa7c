"""Cutting a text into passages: whole sentences of one chapter, small enough to cite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.book import BookLayout
from domain.passage import Passage
from domain.sentences import sentences
from domain.span import Span

CountAll = Callable[[Sequence[str]], list[int]]  # tokens of each text

LONGEST_HEADING = 80  # characters
LONGEST_CLAUSE = 240  # characters
PIECE = 80  # characters: what a longer clause is cut into

_CLAUSE_END = re.compile(r"[,;:–—、，；：]\s*+|\s-+\s++")
_EMPTY_LINE = re.compile(r"\n[^\S\n]*+\n")


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one passage. Tokens are summed over its sentences, so they hold but for a few."""

    tokens: int = 240
    characters: int = 1000


WINDOW = Limits(tokens=60)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is not cut: a sentence, or a piece of one that is too long."""

    span: Span
    tokens: int
    is_heading: bool = False
    opens_paragraph: bool = False


def chunk(
    text: str, layout: BookLayout, count_all: CountAll, limits: Limits = Limits()
) -> list[Passage]:
    """Passages in reading order: they never overlap, and hold all that is not white space.

    They end with a paragraph where that leaves them at least half full, else with a sentence.
    Takes time in proportion to the text, whatever stands in it.
    """
    passages: list[Passage] = []
    for chapter in layout.chapters:
        for span in _packed(_units(text, chapter.span, chapter.heading, count_all, limits), limits):
            passages.append(
                Passage(
                    index=len(passages),
                    span=span,
                    chapter_index=chapter.index,
                    text=span.of(text),
                )
            )
    return passages


def windows(passage: Passage, count_all: CountAll, limits: Limits = WINDOW) -> list[str]:
    """The passage's text in smaller stretches, each to be embedded by itself: a vector of the
    whole blurs what one sentence says. Empty if the passage is no longer than one of them."""
    text = passage.text
    units = _units(text, Span(0, len(text)), None, count_all, limits)
    spans = list(_packed(units, limits))
    return [s.of(text) for s in spans] if len(spans) > 1 else []


def _units(
    text: str, within: Span, heading: Span | None, count_all: CountAll, limits: Limits
) -> Iterator[_Unit]:
    spans = list(sentences(text, within))
    # What is too long by characters is cut unseen: counting its tokens may take long.
    counts = count_all([s.of(text) if len(s) <= limits.characters else "" for s in spans])
    before = within.start
    for span, tokens in zip(spans, counts, strict=True):
        opens = "\n" in text[before : span.start]
        before = span.end
        if tokens <= limits.tokens and len(span) <= limits.characters:
            is_heading = _is_heading(text, span, within, heading)
            yield _Unit(span, tokens, is_heading, opens)
        else:
            yield from _pieces(text, span, count_all, limits, opens)


def _is_heading(text: str, span: Span, within: Span, heading: Span | None) -> bool:
    """A short line between empty lines that no mark ends, or the chapter's own title."""
    if heading is not None and heading.contains(span):
        return True
    if len(span) > LONGEST_HEADING or not text[span.end - 1].isalnum():
        return False
    before = text[max(within.start, span.start - 8) : span.start]
    after = text[span.end : min(within.end, span.end + 8)]
    begins = span.start - within.start <= len(before) and not before.strip()
    return (begins or _EMPTY_LINE.search(before) is not None) and (
        _EMPTY_LINE.match(after) is not None
    )


def _pieces(
    text: str, span: Span, count_all: CountAll, limits: Limits, opens_paragraph: bool
) -> Iterator[_Unit]:
    """A sentence that is too long for a passage: its clauses, and of a long clause a few words
    at a time, so that the packing can join them again."""
    longest = min(LONGEST_CLAUSE, limits.characters)
    spans: list[Span] = []
    for clause in _clauses(text, span):
        if len(clause) <= longest:
            spans.append(clause)
        else:
            spans += _few_words(text, clause, min(PIECE, limits.characters))
    counts = count_all([s.of(text) for s in spans])
    for piece, tokens in zip(spans, counts, strict=True):
        yield _Unit(piece, tokens, opens_paragraph=opens_paragraph)
        opens_paragraph = False


def _clauses(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for match in _CLAUSE_END.finditer(text, span.start, span.end):
        yield Span(start, match.end()).trimmed(text)
        start = match.end()
    if start < span.end:
        yield Span(start, span.end).trimmed(text)


def _few_words(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Runs of whole words; a word that is longer by itself is cut."""
    run = re.compile(rf".{{1,{longest}}}(?!\S)|.{{1,{longest}}}", re.DOTALL)
    for match in run.finditer(text, span.start, span.end):
        words = Span(*match.span()).trimmed(text)
        if len(words):
            yield words


def _packed(units: Iterable[_Unit], limits: Limits) -> Iterator[Span]:
    held: list[_Unit] = []
    tokens = 0
    for unit in units:
        while held and not _fits(held, tokens, unit, limits):
            count = _to_close(held, unit, limits)
            yield Span(held[0].span.start, held[count - 1].span.end)
            held = held[count:]
            tokens = sum(u.tokens for u in held)
        held.append(unit)
        tokens += unit.tokens
    if held:
        yield Span(held[0].span.start, held[-1].span.end)


def _fits(held: Sequence[_Unit], tokens: int, unit: _Unit, limits: Limits) -> bool:
    length = unit.span.end - held[0].span.start
    return tokens + unit.tokens <= limits.tokens and length <= limits.characters


def _to_close(held: Sequence[_Unit], unit: _Unit, limits: Limits) -> int:
    """How many of the held units make the next passage, `unit` being too much for it."""
    count = len(held)
    if not unit.opens_paragraph:
        count = _last_paragraph_end(held, limits) or count
    while count > 1 and held[count - 1].is_heading:
        count -= 1  # it goes with what follows it
    return count


def _last_paragraph_end(held: Sequence[_Unit], limits: Limits) -> int:
    """How many units come before the last paragraph that begins past the half; 0: none does."""
    end = 0
    tokens = 0
    for count, unit in enumerate(held):
        if unit.opens_paragraph and 2 * tokens >= limits.tokens:
            end = count
        tokens += unit.tokens
    return end
