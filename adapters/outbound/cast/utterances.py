"""Quotations grouped into what one person says at a time, with the tags that frame it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.outbound.cast.model import Kind, Voice
from adapters.outbound.cast.quotations import Quotation
from adapters.outbound.cast.tags import Tag, TagFinder
from adapters.outbound.cast.tokens import Tokens
from domain.span import Span

_LEAD = 80  # code points of a paragraph in which its first word stands
_LONG_NARRATION = 700  # code points between quotations of a paragraph that may part speakers


@dataclass(slots=True)
class Utterance:
    """One speaker's turn: quotations `first` to `last` (exclusive) of the text's."""

    first: int
    last: int
    start: int  # offsets of its first and last quotation
    end: int
    first_paragraph: int
    last_paragraph: int
    place_in_paragraph: int  # 0: the first turn of its paragraph
    tag: Tag | None
    asks: bool = False


def group_utterances(
    text: str,
    paragraphs: Sequence[Span],
    quotations: Sequence[Quotation],
    tokens: Tokens,
    finder: TagFinder,
) -> list[Utterance]:
    grouping = _Grouping(text, paragraphs, quotations, tokens, finder)
    by_paragraph: dict[int, list[int]] = defaultdict(list)
    for index, quotation in enumerate(quotations):
        by_paragraph[quotation.paragraph].append(index)
    turns: list[Utterance] = []
    for indices in by_paragraph.values():
        for turn in grouping.turns(indices):
            if turns and grouping.goes_on(turns[-1], turn):
                _append(turns[-1], turn)
            else:
                turns.append(turn)
    return turns


def _append(turn: Utterance, more: Utterance) -> None:
    turn.last, turn.end, turn.last_paragraph = more.last, more.end, more.last_paragraph
    turn.tag = turn.tag or more.tag
    turn.asks = more.asks


class _Grouping:
    def __init__(
        self,
        text: str,
        paragraphs: Sequence[Span],
        quotations: Sequence[Quotation],
        tokens: Tokens,
        finder: TagFinder,
    ) -> None:
        self._text = text
        self._paragraphs = paragraphs
        self._quotations = quotations
        self._tokens = tokens
        self._finder = finder
        self._with_speech = {q.paragraph for q in quotations}

    def turns(self, indices: Sequence[int]) -> Iterator[Utterance]:
        """The turns among the quotations of one paragraph."""
        current: list[int] = []
        tag: Tag | None = None
        place = 0
        for index in indices:
            after, before = self._after(index, indices), self._before(index, indices)
            own = before or after
            if current and self._parts(index, tag, before, own):
                yield self._turn(current, tag, place)
                current, tag, place = [], None, place + 1
            current.append(index)
            for found in (before, after):
                if found is not None and (tag is None or found.strength > tag.strength):
                    tag = found
        yield self._turn(current, tag, place)

    def goes_on(self, turn: Utterance, more: Utterance) -> bool:
        """Whether speech that was not closed at a paragraph's end goes on in the next."""
        last = self._quotations[turn.last - 1]
        return (
            last.runs_on
            and more.first_paragraph == turn.last_paragraph + 1
            and more.place_in_paragraph == 0
            and self._opens_paragraph(more.first)
        )

    def _turn(self, indices: Sequence[int], tag: Tag | None, place: int) -> Utterance:
        first, last = self._quotations[indices[0]], self._quotations[indices[-1]]
        if tag is None and place == 0:
            tag = self._lead_in(indices[0])
        return Utterance(
            indices[0],
            indices[-1] + 1,
            first.start,
            last.end,
            first.paragraph,
            last.paragraph,
            place,
            tag,
            asks=self._text[last.start : last.end].rstrip("'’\"” ").endswith("?"),
        )

    def _parts(self, index: int, tag: Tag | None, before: Tag | None, own: Tag | None) -> bool:
        """Whether quotation `index` begins another turn than the one just before it."""
        gap = self._text[self._quotations[index - 1].end : self._quotations[index].start]
        if not any(c.isalnum() for c in gap):
            return len(gap.strip()) > 1  # two marks back to back, as in: "No." "Yes."
        if len(gap) > _LONG_NARRATION:
            return True
        return tag is not None and own is not None and _conflict(tag, own) and _has_stop(gap)

    def _after(self, index: int, indices: Sequence[int]) -> Tag | None:
        quotation = self._quotations[index]
        stop = self._paragraphs[quotation.paragraph].end
        if index + 1 <= indices[-1]:
            stop = self._quotations[index + 1].start
        if self._text[quotation.end : stop].lstrip("\"'”’» ").startswith(";"):
            return None  # what follows the semicolon goes with the next speech
        first, last = self._words(quotation.end, stop)
        return self._finder.after(first, last) if first < last else None

    def _before(self, index: int, indices: Sequence[int]) -> Tag | None:
        quotation = self._quotations[index]
        start = self._paragraphs[quotation.paragraph].start
        if index > indices[0]:
            start = self._quotations[index - 1].end
        narration = self._text[start : quotation.start].rstrip(" \n\t\r\"“”'‘’«»„_")
        first, last = self._words(start, quotation.start)
        if first == last:
            return None
        tag = self._finder.before(first, last, narration[-1:])
        if tag is not None and index > indices[0]:
            earlier = self._finder.after(first, last)
            if earlier is not None and not _has_stop(narration):
                return None  # one clause between two quotations tags the first
        return tag

    def _lead_in(self, index: int) -> Tag | None:
        """The tag at the end of the paragraph before, if that leads in to this quotation."""
        before = self._quotations[index].paragraph - 1
        if before < 0 or not self._opens_paragraph(index):
            return None
        paragraph = self._paragraphs[before]
        mark = self._text[paragraph.end - 1]
        if mark not in ":," and self._text[paragraph.end - 2 : paragraph.end] != "--":
            return None
        start = paragraph.start
        if before in self._with_speech:
            start = max(q.end for q in self._quotations[max(0, index - 40) : index])
        first, last = self._words(start, paragraph.end)
        return self._finder.before(first, last, mark) if first < last else None

    def _opens_paragraph(self, index: int) -> bool:
        quotation = self._quotations[index]
        start = self._paragraphs[quotation.paragraph].start
        lead = self._text[start : min(quotation.start, start + _LEAD)]
        return not any(c.isalnum() for c in lead)

    def _words(self, start: int, end: int) -> tuple[int, int]:
        return self._tokens.index_at(start), self._tokens.index_at(end)


def _has_stop(narration: str) -> bool:
    return any(mark in narration for mark in ".!?;")


def _conflict(one: Tag, other: Tag) -> bool:
    """Whether two tags cannot mean the same speaker."""
    a, b = one.subject, other.subject
    if a.person is not None and b.person is not None:
        return a.person != b.person
    if a.kind is Kind.PRONOUN and b.kind is Kind.PRONOUN:
        return a.voice is not b.voice
    if Voice.NARRATOR in (a.voice, b.voice):
        return True
    return Kind.NOMINAL in (a.kind, b.kind) and Kind.NAME in (a.kind, b.kind)
