"""BookNLP's quotations as lines of speech: without marks, in utterances, with what tells who."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from adapters.outbound.booknlp.files import Output, Quotation
from domain.cast import AttributionKind
from domain.span import Span

# What BookNLP takes for a mark of quotation, doubled or single.
_MARKS = frozenset("“”\"‘’'")
# BookNLP tells no probability of its speakers. These only order what it says: a name beside the
# line before a pronoun beside it, before what it has worked out over paragraphs.
_CONFIDENCE = {
    AttributionKind.EXPLICIT: 0.9,
    AttributionKind.ANAPHORIC: 0.75,
    AttributionKind.IMPLICIT: 0.6,
}


@dataclass(frozen=True, slots=True)
class Line:
    first: int  # token
    last: int
    span: Span  # the words, without marks
    paragraph: int
    utterance: int
    speaker: int | None  # coref
    attribution: AttributionKind
    known_from: int

    @property
    def confidence(self) -> float:
        return _CONFIDENCE[self.attribution]


def lines_of(output: Output, text: str) -> list[Line]:
    """In the order of the text, without those that hold no word."""
    kinds = {(e.first, e.last): e.kind for e in output.entities}
    quoted = quoted_tokens(output)
    lines: list[Line] = []
    before: Quotation | None = None
    for quotation in output.quotations:
        span = _words(output, quotation, text)
        if not any(map(str.isalnum, span.of(text))):
            continue
        goes_on = before is not None and _goes_on(output, before, quotation, text)
        number = lines[-1].utterance + (not goes_on) if lines else 0
        lines.append(
            Line(
                first=quotation.first,
                last=quotation.last,
                span=span,
                paragraph=output.tokens[quotation.first].paragraph,
                utterance=number,
                speaker=quotation.speaker,
                attribution=_attribution(output, quotation, kinds, quoted),
                known_from=_known_from(output, quotation),
            )
        )
        before = quotation
    return lines


def quoted_tokens(output: Output) -> frozenset[int]:
    return frozenset(t for q in output.quotations for t in range(q.first, q.last + 1))


def _words(output: Output, quotation: Quotation, text: str) -> Span:
    """Up to the marks in its first and last token; a line that its paragraph cuts has none last."""
    whole = output.span(quotation.first, quotation.last)
    opening, closing = output.tokens[quotation.first], output.tokens[quotation.last]
    start, end = whole.start, whole.end
    marks = [i for i in range(opening.start, opening.end) if text[i] in _MARKS]
    if marks:
        start = marks[0] + 1
    if quotation.last > quotation.first:
        marks = [i for i in range(closing.start, closing.end) if text[i] in _MARKS]
        if marks and not text[marks[-1] + 1 : end].strip(".,;:!?"):
            end = marks[-1]
    return Span(start, max(start, end)).trimmed(text)


def _goes_on(output: Output, before: Quotation, now: Quotation, text: str) -> bool:
    """One breath of one speaker: interrupted inside a paragraph, or run on into the next one,
    which then opens with a mark though the last was never closed."""
    if now.speaker is None or before.speaker != now.speaker:
        return False
    gap = output.tokens[now.first].paragraph - output.tokens[before.last].paragraph
    if gap == 0:
        return True
    closed = not _MARKS.isdisjoint(output.span(before.last, before.last).of(text))
    return gap == 1 and now.first == before.last + 1 and not closed


def _attribution(
    output: Output,
    quotation: Quotation,
    kinds: Mapping[tuple[int, int], str],
    quoted: Set[int],
) -> AttributionKind:
    """By what names the speaker, if that stands in the line's paragraph and outside quotations."""
    if quotation.mention is None:
        return AttributionKind.IMPLICIT
    first, last = quotation.mention
    near = output.tokens[first].paragraph == output.tokens[quotation.first].paragraph
    if not near or first in quoted:
        return AttributionKind.IMPLICIT
    if kinds.get((first, last)) == "PROP":
        return AttributionKind.EXPLICIT
    return AttributionKind.ANAPHORIC


def _known_from(output: Output, quotation: Quotation) -> int:
    told = quotation.mention[1] if quotation.mention else quotation.last
    return output.tokens[max(told, quotation.last)].end
