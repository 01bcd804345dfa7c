"""Direct speech: where each run of it begins and ends, whatever marks the edition uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.outbound.cast.dash_dialogue import dash_led_speech
from adapters.outbound.cast.lexicon.word_list import word_list
from adapters.outbound.cast.quotation_marks import Marks, QuotationStyle, detect_style
from domain.span import Span

_ENDS_SPEECH = ".,!?;:-—–…_"
_LOOK_BACK = 40  # code points
_MAX_QUOTED_TERM = 6  # words; "the so-called 'blue room' was"
_ELISIONS = word_list("tis twas twere twill em cause bout til till round un nuff gainst neath")


class Quotation(NamedTuple):
    """A run of direct speech in one paragraph, `start`:`end` without its marks."""

    start: int
    end: int
    paragraph: int
    runs_on: bool  # never closed: the next paragraph goes on with it

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


def find_quotations(text: str, paragraphs: Sequence[Span]) -> list[Quotation]:
    style = detect_style(text)
    found: list[Quotation] = []
    for number, paragraph in enumerate(paragraphs):
        found.extend(_in_paragraph(text, paragraph, number, style))
    return [trimmed for q in found if (trimmed := _trimmed(text, q)) is not None]


def _in_paragraph(
    text: str, paragraph: Span, number: int, style: QuotationStyle
) -> Iterator[Quotation]:
    if style.dash_led and (runs := dash_led_speech(text, paragraph)):
        for run in runs:
            yield Quotation(run.start, run.end, number, runs_on=False)
        return
    for opening, closing in _pairs(text, paragraph, style.marks):
        runs_on = closing is None
        start, end = opening + 1, paragraph.end if closing is None else closing
        if runs_on or _is_speech(text, paragraph, start, end):
            yield Quotation(start, end, number, runs_on)


def _pairs(text: str, paragraph: Span, marks: Marks) -> Iterator[tuple[int, int | None]]:
    """(opening, closing) offsets of the marks; closing None where the paragraph ends first."""
    if marks is Marks.STRAIGHT:
        return _straight_pairs(text, paragraph)
    if marks is Marks.SINGLE or marks is Marks.STRAIGHT_SINGLE:
        return _single_pairs(text, paragraph, marks)
    return _directed_pairs(text, paragraph, marks)


def _straight_pairs(text: str, paragraph: Span) -> Iterator[tuple[int, int | None]]:
    places = [m.start() for m in re.compile('"').finditer(text, paragraph.start, paragraph.end)]
    # An odd number means one is missing: then the white space beside each mark has to tell.
    odd = len(places) % 2 == 1
    opened: int | None = None
    for place in places:
        opens = _looks_opening(text, paragraph, place) if odd else opened is None
        if opens:
            if opened is not None:
                yield opened, _last_sentence_end(text, opened, place)
            opened = place
        elif opened is not None:
            yield opened, place
            opened = None
    if opened is not None:
        yield opened, None


def _looks_opening(text: str, paragraph: Span, place: int) -> bool:
    before = text[place - 1] if place > paragraph.start else " "
    after = text[place + 1] if place + 1 < paragraph.end else " "
    return (before.isspace() or before in "([—-_") and not after.isspace()


def _last_sentence_end(text: str, opened: int, place: int) -> int:
    """Where speech that lost its closing mark most likely ends: before the next opening one."""
    return opened + 1 + len(text[opened + 1 : place].rstrip())


def _directed_pairs(text: str, paragraph: Span, marks: Marks) -> Iterator[tuple[int, int | None]]:
    opened: int | None = None
    depth = 0
    pattern = re.compile(f"[{marks.opening}{marks.closing}]")
    for match in pattern.finditer(text, paragraph.start, paragraph.end):
        place = match.start()
        if match[0] == marks.opening:
            if opened is None:
                opened = place
            elif _looks_opening(text, paragraph, place) and text[place - 1 : place].isalnum():
                depth += 1
        elif opened is not None:
            if depth:
                depth -= 1
                continue
            yield opened, place
            opened = None
    if opened is not None:
        yield opened, None


_SURE, _POSSIBLE = 2, 1


def _single_pairs(text: str, paragraph: Span, marks: Marks) -> Iterator[tuple[int, int | None]]:
    """Single marks, where the closing one is also the apostrophe.

    After punctuation it closes. After a letter (goin', the dogs') it closes only if nothing surer
    comes before the next opening mark.
    """
    opened: int | None = None
    fallback: int | None = None
    pattern = re.compile(f"[{marks.opening}{marks.closing}]")
    for match in pattern.finditer(text, paragraph.start, paragraph.end):
        place = match.start()
        if _opens_single(text, paragraph, place, marks):
            if opened is None:
                opened, fallback = place, None
                continue
            if fallback is not None:
                yield opened, fallback
                opened, fallback = place, None
            continue
        closes = _closes_single(text, paragraph, place)
        if opened is None or not closes:
            continue
        if closes == _SURE:
            yield opened, place
            opened = fallback = None
        else:
            fallback = place
    if opened is not None:
        yield opened, fallback


def _opens_single(text: str, paragraph: Span, place: int, marks: Marks) -> bool:
    if text[place] != marks.opening:
        return False
    before = text[place - 1] if place > paragraph.start else " "
    after = text[place + 1 : place + 12]
    if (
        before.isalnum()
        or not after
        or after[0].isspace()
        or (before in ".,!?" and marks is not Marks.SINGLE)
    ):
        return False
    word = re.match(r"\w+", after)
    return not (word and word[0].lower() in _ELISIONS and not word[0][0].isupper())


def _closes_single(text: str, paragraph: Span, place: int) -> int:
    before = text[place - 1] if place > paragraph.start else " "
    after = text[place + 1] if place + 1 < paragraph.end else " "
    if before.isspace() or after.isalnum():
        return 0
    return _POSSIBLE if before.isalnum() else _SURE


def _is_speech(text: str, paragraph: Span, start: int, end: int) -> bool:
    """Whether it is said, rather than a word or title set off inside a sentence."""
    words = text[start:end].split()
    if not words:
        return False
    before = text[max(paragraph.start, start - _LOOK_BACK) : start - 1].rstrip()[-1:]
    if not before:
        return True
    led_in = before in ",:"
    ended = words[-1].rstrip("'’\"”_)")[-1:] in _ENDS_SPEECH
    if len(words) <= _MAX_QUOTED_TERM and not ended and not led_in:
        return False
    begins_sentence = before in ".!?;-—\"”’'…"
    return not (len(words) <= 4 and words[0][:1].islower() and not led_in and not begins_sentence)


def _trimmed(text: str, quotation: Quotation) -> Quotation | None:
    span = quotation.span.trimmed(text)
    return quotation._replace(start=span.start, end=span.end) if len(span) else None
