"""Direct speech: where each run of it begins and ends, whatever marks the edition uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.outbound.cast.dash_dialogue import dash_led_speech
from adapters.outbound.cast.mark_pairs import runs_of_speech
from adapters.outbound.cast.quotation_marks import QuotationStyle, detect_style
from adapters.outbound.cast.set_off import is_set_off
from domain.span import Span


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
    for opening, closing in runs_of_speech(text, paragraph, style.marks):
        runs_on = closing is None
        start, end = opening + 1, paragraph.end if closing is None else closing
        if runs_on or not is_set_off(text, paragraph, start, end):
            yield Quotation(start, end, number, runs_on)


def _trimmed(text: str, quotation: Quotation) -> Quotation | None:
    span = quotation.span.trimmed(text)
    return quotation._replace(start=span.start, end=span.end) if len(span) else None
