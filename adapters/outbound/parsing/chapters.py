"""Chapter headings in a text that nothing but typography marks up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice, pairwise, zip_longest

from adapters.outbound.parsing.blocks import MAX_CHAPTERS, Mark
from adapters.outbound.parsing.titles import (
    SMALL_WORDS,
    NumberedTitle,
    cited,
    read_numbered,
    read_numeral,
    without_marks,
)
from domain.span import Span

_MAX_HEADING = 400  # code points of a heading with its name over several lines
_MAX_LINE = 120
_MAX_NAME_LINES = 5
_MOTTO = 600  # what may stand between a part's heading and its first chapter
_LISTED = 90  # with less text than this under it, a heading may be a line of a table of contents
_MANY = 40  # numerals in a row, no two of them further apart than a page: page numbers
_PAGE = 5_000

_SPECIAL = re.compile(
    r"(the )?(prologue|epilogue|preface|foreword|introduction|introductory|interlude|conclusion|"
    r"postscript|afterword|dedication|(table of )?contents|illustrations|list of illustrations|"
    r"appendix|notes|end ?notes|footnotes|glossary|index|bibliography|acknowledge?ments|"
    r"author.s (note|preface|introduction)|transcriber.s notes?)\.?",
    re.IGNORECASE,
)
_SENTENCE_END = (".", "!", "?")
_RUNNING_ON = (";", ",", ":", '"', "”", "’", "'", "—", "-")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


class _Family(Enum):
    PART = auto()
    CHAPTER = auto()
    NUMERAL = auto()
    SPECIAL = auto()


@dataclass(frozen=True, slots=True)
class _Candidate:
    family: _Family
    heading: Span
    title: str
    numbered: NumberedTitle | None = None

    @property
    def label(self) -> tuple[_Family, object]:
        """What the same chapter bears in the table of contents and in the text."""
        if self.numbered is None:
            return self.family, self.title.casefold()
        return self.family, self.numbered.value


def detect_chapters(text: str) -> list[Mark]:
    """The headings of a text's chapters, in order; empty if it shows none.

    Chapters are numbered with a word ("CHAPTER IV."), by bare numerals that count up from one, or
    bear a customary name ("Prologue"). Lines of a table of contents are no headings, and where
    there are more than any book has, none is one.
    """
    found = list(islice(_candidates(text), MAX_CHAPTERS + 1))
    if len(found) > MAX_CHAPTERS:
        return []
    families = Counter(c.family for c in found)
    if families[_Family.CHAPTER] > 1 or families[_Family.CHAPTER] * 2 > families[_Family.NUMERAL]:
        found = [c for c in found if c.family is not _Family.NUMERAL]
    else:
        found = _counting(found)
    return _in_parts(_without_contents(found, len(text)), text)


def _candidates(text: str) -> Iterator[_Candidate]:
    paragraphs = list(_paragraphs(text))
    read_to = 0
    for place, paragraph in enumerate(paragraphs):
        if paragraph.start < read_to:
            continue  # the name of the chapter whose number stands before it
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        for candidate in _headings_in(paragraph, following, text):
            read_to = candidate.heading.end
            yield candidate


def _paragraphs(text: str) -> Iterator[Span]:
    """Runs of lines that are not blank. No regular expression: a line may be megabytes long."""
    start: int | None = None
    offset = end = 0
    for line in text.split("\n"):
        if not line or line.isspace():
            if start is not None:
                yield Span(start, end)
            start = None
        else:
            start = offset if start is None else start
            end = offset + len(line.rstrip())
        offset += len(line) + 1
    if start is not None:
        yield Span(start, end)


def _headings_in(paragraph: Span, following: Span | None, text: str) -> Iterator[_Candidate]:
    """The heading that a paragraph begins with; two, where a part's and a chapter's touch."""
    if len(paragraph) <= _MAX_LINE and _SPECIAL.fullmatch(without_marks(paragraph.of(text))):
        yield _Candidate(_Family.SPECIAL, paragraph, cited(paragraph.of(text), in_body=False))
        return
    lines = _first_lines(paragraph, text)
    first = _read(lines[0].of(text))
    if first is None:
        return
    family, numbered = first
    second = _read(lines[1].of(text)) if len(lines) > 1 else None
    if second is not None:
        if second[0] is not family:  # else two lines of a table of contents
            yield _Candidate(family, lines[0], cited(lines[0].of(text)), numbered)
            rest = Span(lines[1].start, paragraph.end)
            yield from _headings_in(rest, following, text)
        return
    heading = _with_name(paragraph, following, lines, numbered, text)
    if family is not _Family.NUMERAL or heading.end >= paragraph.end:
        yield _Candidate(family, heading, cited(heading.of(text)), numbered)


def _first_lines(paragraph: Span, text: str) -> list[Span]:
    """The lines that a heading may take; "CHAPTER" and its number below it count as one."""
    end = min(paragraph.end, paragraph.start + _MAX_HEADING + 1)
    lines: list[Span] = []
    start = paragraph.start
    for line in text[start:end].split("\n")[: _MAX_NAME_LINES + 2]:
        span = Span(start, start + len(line))
        if lines and lines[-1].of(text).strip().casefold() in ("chapter", "book", "part"):
            lines[-1] = Span(lines[-1].start, span.end)
        else:
            lines.append(span)
        start += len(line) + 1
    return lines


def _read(line: str) -> tuple[_Family, NumberedTitle] | None:
    """The number in a line that can be a heading."""
    if len(line) > _MAX_LINE:
        return None
    if numbered := read_numbered(line):
        family = _Family.PART if numbered.is_part else _Family.CHAPTER
        return (family, numbered) if _names(numbered) else None
    if (numeral := read_numeral(line)) and _is_heading_numeral(numeral):
        return _Family.NUMERAL, numeral
    return None


def _names(numbered: NumberedTitle) -> bool:
    """Whether what follows the number reads as a name: not in "Chapter two was found, and she"."""
    rest = numbered.rest
    if not rest or numbered.punctuated:
        return not rest[:1].islower()
    return rest.isupper() if numbered.is_part else not rest[0].islower()


def _is_heading_numeral(numeral: NumberedTitle) -> bool:
    if not (numeral.number.isdigit() or numeral.number.isupper()):
        return False
    return not numeral.rest or (numeral.punctuated and _is_name(numeral.rest))


def _is_name(words: str) -> bool:
    """Whether words look like a chapter's name: capitals, and no sentence."""
    bare = without_marks(words)
    if not bare or len(bare) > _MAX_LINE:
        return False
    if bare.isupper():
        return True
    if not bare[0].isupper() or bare.endswith(_RUNNING_ON):
        return False
    significant = [w for w in _LONG_WORD.findall(bare) if w.lower() not in SMALL_WORDS]
    capitals = len([w for w in significant if w[0].isupper()])
    if bare.endswith(_SENTENCE_END):
        return capitals == len(significant) > 1
    return capitals * 4 >= len(significant) * 3


def _with_name(
    paragraph: Span,
    following: Span | None,
    lines: Sequence[Span],
    numbered: NumberedTitle,
    text: str,
) -> Span:
    """The heading with the chapter's name, where that stands in the lines after its number."""
    is_short = len(paragraph) <= _MAX_HEADING and len(lines) <= _MAX_NAME_LINES
    if len(lines) > 1:
        whole = is_short and (
            numbered.rest or _is_name(Span(lines[1].start, paragraph.end).of(text))
        )
        return paragraph if whole else lines[0]
    if numbered.rest or following is None or len(following) > _MAX_LINE:
        return paragraph
    name = following.of(text)
    if _read(name) or _SPECIAL.fullmatch(without_marks(name)) or not _is_name(name):
        return paragraph
    return Span(paragraph.start, following.end)


def _counting(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Without the numerals, unless they count up from one, again in each part, as chapters do."""
    kept: list[_Candidate] = []
    numerals: list[_Candidate] = []
    last = 0
    for candidate in found:
        if candidate.family is not _Family.NUMERAL:
            kept.append(candidate)
            continue
        value = candidate.numbered.value if candidate.numbered else 0
        if value == last + 1 or value == 1:
            kept.append(candidate)
            numerals.append(candidate)
            last = value
    if len(numerals) < 2 or _are_page_numbers(numerals):
        return [c for c in kept if c.family is not _Family.NUMERAL]
    return kept


def _are_page_numbers(numerals: Sequence[_Candidate]) -> bool:
    if len(numerals) < _MANY:
        return False
    gaps = [b.heading.start - a.heading.start for a, b in pairwise(numerals)]
    return max(gaps) < _PAGE


def _without_contents(found: Sequence[_Candidate], length: int) -> list[_Candidate]:
    """Without the lines of a table of contents: headings close together that come again later."""
    ends = [*(c.heading.start for c in found), length][1:]
    listed = [end - c.heading.end < _LISTED for c, end in zip(found, ends, strict=True)]
    last_place = {c.label: place for place, c in enumerate(found)}
    kept: list[_Candidate] = []
    place = 0
    while place < len(found):
        run = place
        while run < len(found) and listed[run]:
            run += 1
        lines = [c for c in found[place:run] if c.title != "Contents"]
        again = sum(last_place[c.label] >= run for c in lines)
        if len(lines) >= 2 and again * 2 >= len(lines):
            kept += [c for c in found[place:run] if c.title == "Contents"]
            place = run + _ends_the_list(found, run, last_place)
        else:
            kept += found[place : run + 1]
            place = run + 1
    return kept


def _ends_the_list(
    found: Sequence[_Candidate], place: int, last_place: Mapping[tuple[_Family, object], int]
) -> bool:
    """Whether the heading after a run of listed ones is the last line of the same list."""
    if place >= len(found) or last_place[found[place].label] == place:
        return False
    before, here = found[place - 1].numbered, found[place].numbered
    return before is not None and here is not None and here.value == before.value + 1


def _in_parts(found: Sequence[_Candidate], text: str) -> list[Mark]:
    """Marks of the chapters, parts as their parents."""
    marks: list[Mark] = []
    parts: list[_Candidate] = []
    waiting: int | None = None  # where the parts begin that wait for their first chapter
    last_value = 0
    for candidate, following in zip_longest(found, found[1:]):
        end = following.heading.start if following else len(text)
        if candidate.family is _Family.PART and candidate.numbered:
            rank = candidate.numbered.rank
            parts = [p for p in parts if p.numbered and p.numbered.rank < rank]
            if end - candidate.heading.end <= _MOTTO and following:
                parts.append(candidate)
                waiting = candidate.heading.start if waiting is None else waiting
                last_value = 0
                continue
        elif candidate.numbered:
            # Chapters that count from one again stand in a part whose own heading was not found.
            parts = parts if candidate.numbered.value > 1 or last_value == 0 else []
            last_value = candidate.numbered.value
        titles = () if candidate.family is _Family.SPECIAL else tuple(p.title for p in parts)
        start = candidate.heading.start if waiting is None else waiting
        waiting = None
        marks.append(Mark(start, candidate.title, candidate.heading.trimmed(text), titles))
    return marks
