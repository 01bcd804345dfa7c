"""Whether what a reply quotes stands in the book, where, and whether the right one says it.

Verified, or unverified: a quotation is looked for in all that the reader has read, not only in the
passage that is cited. Who says it is a second mark, by the cast as the reader knows it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.attribution import Attribution, Attributions
from domain.book import BookLayout
from domain.cast import Cast, Quote
from domain.conversation import SURROUNDINGS, Quotation, Source, SpeakerMark
from domain.epub_locator import locate
from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.letters import Found, Letters
from domain.quotable import QuotableText, without_markers
from domain.quoted import Stretch
from domain.span import Span

LEAST_WORDS = 3  # with fewer it may be a term or irony, unless the reply says who speaks
_LONGEST_TITLE = 8  # words
_SMALL = """
a an and as at but by das de der des die du et for from in la le les nor of on or the to und von
with
"""
_SMALL_WORDS = frozenset(_SMALL.split())
_TITLE_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_STAGE_DIRECTION = re.compile(r"\*[^*\n]*\*|_[^_\n]*_|\([^()\n]*\)")
_ENDS = tuple(".,!?…;:—–-")


@dataclass(frozen=True, slots=True)
class ReadBook:
    """A book as far as somebody has read it. The text is whole: the frontier cuts it."""

    text: QuotableText
    layout: BookLayout
    cast: Cast  # up to the frontier
    frontier: Frontier
    attributions: Attributions  # by the names that the reader knows

    @classmethod
    def up_to(
        cls, frontier: Frontier, text: QuotableText, layout: BookLayout, cast: Cast
    ) -> ReadBook:
        """`cast`: as it is up to the frontier."""
        names: dict[str, set[CharacterId]] = defaultdict(set)
        for character in cast.characters:
            for alias in character.aliases:
                names[alias.text].add(character.id)
        return cls(text, layout, cast, frontier, Attributions(names))


class QuotationCheck:
    """Of one reply. `own`: the character who answers; `given`: the passages that the reply rests
    on: of several places of the same words, one of theirs is told."""

    def __init__(
        self, book: ReadBook, own: CharacterId | None = None, given: Sequence[Span] = ()
    ) -> None:
        self._book = book
        self._given = given
        self._own = own
        self._names = {c.id: c.name for c in book.cast.characters}
        # By the quotation that they stand in, until it is known whether that is the book's.
        self._held: defaultdict[int, list[Quotation]] = defaultdict(list)
        self._outer: set[int] = set()  # those in which another has been told

    def read(
        self, stretches: Sequence[Stretch], text: str, *, is_whole: bool = False
    ) -> list[Quotation]:
        """What is to be told of the next stretches of a reply. One that stands in another is told
        if the other is not the book's."""
        return [quotation for _, quotation in self.told(stretches, text, is_whole=is_whole)]

    def told(
        self, stretches: Sequence[Stretch], text: str, *, is_whole: bool = False
    ) -> list[tuple[int, Quotation]]:
        """The same, each with the letter of the reply at which it has become certain."""
        told: list[tuple[int, Quotation]] = []
        for stretch in stretches:
            reply = text[: stretch.told_by]  # as far as it was when the stretch became certain
            inner = self._held.pop(stretch.start, [])
            quotation = self._check(stretch, reply) if stretch.ends else None
            if quotation is None or not quotation.is_verified:
                certain = inner
                if quotation and not (is_whole and self._is_own_speech(stretch, reply)):
                    certain = [*inner, quotation]
            else:
                certain = [quotation]
            if stretch.within is not None:
                self._outer.add(stretch.within)
            if certain and stretch.within is not None and self._may_be_the_books(stretch, reply):
                self._held[stretch.within] += certain
            else:
                told += [(stretch.certain_at, each) for each in certain]
        return told

    def _check(self, stretch: Stretch, reply: str) -> Quotation | None:
        """None where it is no quotation, but a term, a title, irony."""
        attribution = self._book.attributions.of(
            reply, stretch.start, stretch.after, stretch.told_by, self._own
        )
        for end in sorted(stretch.ends, reverse=True):
            place = Span(stretch.start, end).trimmed(reply)
            if found := self._find(place.of(reply)):
                quotation = self._verified(place, reply, found, attribution)
                is_term = Letters(quotation.text).words < 2 and not attribution.is_said
                return None if is_term and not _is_all(place, reply) else quotation
        place = stretch.span.trimmed(reply)
        words = place.of(reply)
        if stretch.is_doubtful or not _claims(words, attribution, is_all=_is_all(place, reply)):
            return None
        return Quotation(words, place, named=attribution.name)

    def _find(self, words: str) -> list[Found]:
        """In one chapter each."""
        found = self._book.text.find(words, self._book.frontier)
        return [f for f in found if self._chapter(f.span.start) == self._chapter(f.span.end - 1)]

    def _chapter(self, offset: int) -> int:
        chapter = self._book.layout.chapter_at(offset)
        return chapter.index if chapter else -1

    def _verified(
        self, place: Span, reply: str, found: Sequence[Found], attribution: Attribution
    ) -> Quotation:
        speakers = [self._speaker(f.parts) for f in found]

        def preference(which: int) -> tuple[bool, bool, int]:
            is_given = any(g.contains(found[which].span) for g in self._given)
            return speakers[which] not in attribution.speakers, not is_given, which

        best = min(range(len(found)), key=preference)
        speaker = speakers[best]
        mark = SpeakerMark.UNKNOWN
        if speaker is not None and attribution.speakers:
            agrees = speaker in attribution.speakers
            mark = SpeakerMark.AGREES if agrees else SpeakerMark.DIFFERS
        return Quotation(
            text=place.of(reply),
            place=place,
            source=self._source(found[best]),
            speaker=mark,
            named=attribution.name,
            speaker_name=self._names.get(speaker, "") if speaker else "",
        )

    def _speaker(self, parts: Sequence[Span]) -> CharacterId | None:
        """Who says most of it, if anybody is known to."""
        shares: defaultdict[CharacterId | None, int] = defaultdict(int)
        for part in parts:
            for quote in self._quotes(part):
                said = min(part.end, quote.span.end) - max(part.start, quote.span.start)
                shares[quote.speaker_id] += said
        most = max(shares, key=shares.__getitem__, default=None)
        is_speech = most is not None and 2 * shares[most] > sum(map(len, parts))
        return most if is_speech else None

    def _quotes(self, part: Span) -> Sequence[Quote]:
        """Those that share a letter with it."""
        quotes = self._book.cast.quotes
        beyond = bisect_right(quotes, part.end - 1, key=lambda q: q.span.start)
        first = beyond
        while first and quotes[first - 1].span.end > part.start:
            first -= 1
        return quotes[first:beyond]

    def _source(self, found: Found) -> Source:
        span, text = found.span, self._book.text.text
        chapter = self._book.layout.chapter_at(span.start)
        end = self._book.frontier.clip(Span(span.end, span.end + SURROUNDINGS)).end
        return Source(
            span=span,
            exact=span.of(text),
            chapter_index=chapter.index if chapter else 0,
            chapter_title=self._book.layout.title_at(span.start, self._book.frontier),
            prefix=text[max(0, span.start - SURROUNDINGS) : span.start],
            suffix=text[span.end : end],
            parts=found.parts if len(found.parts) > 1 else (),
            epub=locate(self._book.layout, span),
        )

    def _may_be_the_books(self, inner: Stretch, reply: str) -> bool:
        """Whether the quotation that this one stands in may turn out to be the book's."""
        begun = reply[inner.within : inner.start - 1] if inner.within is not None else ""
        has_words = any(map(str.isalnum, begun))
        return inner.depth > 1 or not has_words or bool(self._find(begun))

    def _is_own_speech(self, stretch: Stretch, reply: str) -> bool:
        """Whether it is all that a character answers: no quotation, but what they say now."""
        if self._own is None or stretch.depth:
            return False
        around = reply[: stretch.start - 1] + without_markers(reply[stretch.after :])
        said = stretch.span.of(reply)
        quotes = stretch.start in self._outer or "\n" in said or without_markers(said) != said
        return quotes and not _STAGE_DIRECTION.sub("", around).strip(" \n*_")


def _is_all(place: Span, reply: str) -> bool:
    """Whether the reply is nothing but this quotation."""
    around = reply[: place.start] + without_markers(reply[place.end :])
    return not any(map(str.isalnum, around))


def _claims(words: str, attribution: Attribution, *, is_all: bool) -> bool:
    """Whether it is given as words of the book, though they are not found there."""
    count = Letters(words).words
    if attribution.is_said or is_all:
        return count > 0
    return count >= LEAST_WORDS and not _is_title(words)


def _is_title(words: str) -> bool:
    """By its capitals: "The Sign of the Four"."""
    told = _TITLE_WORD.findall(words)
    great = [w for w in told if w.casefold() not in _SMALL_WORDS]
    return (
        len(told) <= _LONGEST_TITLE
        and not words.endswith(_ENDS)
        and len(great) > 1
        and all(w[0].isupper() for w in (told[0], *great))
    )
