"""What stands in quotation marks in a reply, found while the reply streams.

A reply is read letter by letter, and what is decided hangs on the letters so far alone: so a
stretch is told at the same letter however the reply is cut. Marks may be curly, straight, single,
guillemets or the Germans' own, nested in one another. Where a single mark may be an apostrophe
("the boys' books"), each place where the quotation may end is told: only the book can say which.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from domain.sentences import ABBREVIATIONS
from domain.span import Span

WINDOW = 90  # code points after a quotation in which a reply may tell who says it
_LONGEST = 8_000  # of a quotation: what runs on further was never meant to be one
_CLOSED_BY = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    '"': '"',
    "‘": "’'",
    "'": "'’",
    "‚": "‘’",
    "「": "」",
    "『": "』",
    "”": "”",
}
_DEEPEST = 6  # quotations in one another
_MOST_ENDS = 8  # that are tried
_MARKS = '“”„«»‹›"‚「」『』'
_SINGLE = "'‘’‚‹›"
_STOPS = ".,!?…"
_BEGINS_WORDS = '“"«—–-….[*_'
_APOSTROPHES = "'’‘"
_FOLLOWS = '.,;:!?—–)]\n”"»'  # a closing mark, and no apostrophe, where no space does
_ENDS_WORDS = ".,!?…—–-;:)]*_"
# Words that begin with an apostrophe: "'Tis" opens no quotation.
_ELIDED = re.compile(
    r"(?:tis|twas|twere|twill|twould|tisn|em|til|till|cause|bout|round|ere|ave|im|er|n|gainst"
    r"|neath|twixt|fore|pon|cept|\d\ds)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(\w*)[.!?…]+[\"”’')\]*_]*\s\Z")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something in quotation marks; offsets are of the reply, the marks outside."""

    start: int
    ends: tuple[int, ...]  # where it may end, the likeliest first; none: it was no quotation
    after: int  # behind its closing mark
    told_by: int  # up to here the reply may say who says it
    certain_at: int  # letters of the reply after which no more can change it
    depth: int  # 0: inside no other
    within: int | None = None  # the start of the one it stands in
    is_doubtful: bool = False  # it may be no quotation: an apostrophe, or marks never closed
    is_unclosed: bool = False

    @property
    def span(self) -> Span:
        return Span(self.start, self.ends[0] if self.ends else self.start)


@dataclass(slots=True)
class _Open:
    start: int
    mark: str
    ends: list[int] = field(default_factory=list)  # where an apostrophe may have closed it
    left_at: int = 0  # the end of the paragraph that left it open


class QuotedStretches:
    """Inner ones are told before those that they stand in."""

    def __init__(self) -> None:
        self.text = ""
        self._read = 0  # letters
        self._open: list[_Open] = []
        self._closed: list[Stretch] = []  # which wait for what comes after them
        self._told: list[Stretch] = []
        self._is_between = False  # paragraphs, with quotations open

    def feed(self, delta: str) -> list[Stretch]:
        self.text += delta
        while self._read < len(self.text):
            self._read += 1
            self._settle()
            if self._read > 1:
                self._look_at(self._read - 2, self.text[self._read - 1])
        return self._taken()

    def end(self) -> list[Stretch]:
        if self.text:
            self._look_at(len(self.text) - 1, "\n")
        self._close_all(len(self.text.rstrip()))
        self._tell_all(len(self.text))
        return self._taken()

    def _taken(self) -> list[Stretch]:
        told, self._told = self._told, []
        return told

    def _look_at(self, place: int, after: str) -> None:
        """A letter whose follower is known."""
        letter = self.text[place]
        before = self.text[place - 1] if place else "\n"
        if self._is_between and not letter.isspace():
            self._is_between = False
            if any(letter == open_.mark for open_ in self._open):
                return  # the paragraph opens again what the last one left open
            self._leave_open(len(self.text[:place].rstrip()))
        if letter == "\n":
            is_blank = not self.text[:place].rpartition("\n")[2].strip()
            self._is_between = self._is_between or (is_blank and bool(self._open))
        elif letter in _APOSTROPHES:
            self._apostrophe(letter, place, before, after)
        elif letter in _MARKS:
            self._mark(letter, place, before, after)
        if self._open and place - self._open[0].start > _LONGEST:
            while self._open:
                self._drop()

    def _mark(self, letter: str, place: int, before: str, after: str) -> None:
        depth = self._closes(letter)
        if depth is not None and not (letter == '"' and before.isspace() and not after.isspace()):
            self._close(depth, place)
        elif _opens(letter, before, after):
            self._begin(letter, place)

    def _apostrophe(self, letter: str, place: int, before: str, after: str) -> None:
        is_apart = letter == "‘" and before.isspace() and after.isspace()
        begins = after.isalnum() or after in _BEGINS_WORDS or is_apart
        if begins and not before.isalnum() and before not in _STOPS:
            if letter != "’":
                self._begin(letter, place)
            return
        depth = self._closes(letter)
        if after.isalnum() or depth is None or self._open[depth].mark not in _SINGLE:
            return
        if before in _ENDS_WORDS or after in _FOLLOWS:
            self._close(depth, place)
        elif before.isspace():
            self._close(depth, place)  # an apostrophe stands at a word
        else:
            # Or an apostrophe. Of many the last ones may be the end as well as any.
            ends = self._open[depth].ends
            ends[_MOST_ENDS - 1 :] = [place]

    def _closes(self, letter: str) -> int | None:
        """The place among the open ones of the innermost that it may close."""
        fitting = (d for d, o in enumerate(self._open) if letter in _CLOSED_BY[o.mark])
        return max(fitting, default=None)

    def _begin(self, mark: str, place: int) -> None:
        if mark not in _SINGLE and any(open_.left_at for open_ in self._open):
            self._close_all(place)  # the one that a paragraph left open was never closed
        before = self._open[-1] if self._open else None
        if mark in _SINGLE and before and (before.mark == mark or before.ends):
            self._drop()  # the one before has ended, or was an apostrophe
        self._tell_all(place)
        if len(self._open) == _DEEPEST:
            self._drop()
        self._open.append(_Open(place + 1, mark))

    def _close(self, depth: int, place: int) -> None:
        while len(self._open) - 1 > depth:
            self._drop()
        open_ = self._open.pop()
        self._keep(open_, (place, *reversed(open_.ends)), place + 1)

    def _drop(self) -> None:
        """The innermost has no closing mark, unless that was taken for an apostrophe."""
        open_ = self._open.pop()
        ends = open_.ends
        self._keep(open_, (*ends[:1], *ends[:0:-1]), ends[0] + 1 if ends else open_.start)

    def _leave_open(self, end: int) -> None:
        """At the end of a paragraph: a quotation may have several, what an apostrophe began not."""
        while self._open and self._open[-1].mark in _SINGLE:
            self._drop()
        for open_ in self._open:
            open_.left_at = open_.left_at or end

    def _close_all(self, end: int) -> None:
        while self._open:
            if self._open[-1].mark in _SINGLE:
                self._drop()
            else:
                left_at = self._open[-1].left_at or end
                self._keep(self._open.pop(), (left_at,), left_at, is_unclosed=True)

    def _keep(
        self, open_: _Open, ends: tuple[int, ...], after: int, *, is_unclosed: bool = False
    ) -> None:
        # "'Tis so, the boys' way" has no quotation, but "'Tis so!'" is one.
        is_elision = (
            open_.mark in _APOSTROPHES
            and bool(ends)
            and self.text[ends[0] - 1].isalnum()
            and _ELIDED.match(self.text, open_.start) is not None
        )
        self._closed.append(
            Stretch(
                start=open_.start,
                ends=tuple(end for end in ends if end > open_.start),
                after=after,
                told_by=after,
                certain_at=self._read,
                depth=len(self._open),
                within=self._open[-1].start if self._open else None,
                is_doubtful=is_elision or is_unclosed,
                is_unclosed=is_unclosed,
            )
        )

    def _settle(self) -> None:
        """Tell those that no more can be said of, in their order: inner ones before outer ones."""
        while self._closed and self._is_over(self._closed[0]):
            self._tell(self._read)

    def _tell_all(self, told_by: int) -> None:
        while self._closed:
            self._tell(told_by)

    def _tell(self, told_by: int) -> None:
        stretch = self._closed.pop(0)
        told_by = max(stretch.after, told_by)
        self._told.append(replace(stretch, told_by=told_by, certain_at=self._read))

    def _is_over(self, stretch: Stretch) -> bool:
        tail = self.text[stretch.after : self._read]
        if not stretch.ends or len(tail) >= WINDOW or "\n" in tail:
            return True
        end = _SENTENCE_END.search(tail)
        return end is not None and not (end[1].lower() in ABBREVIATIONS or len(end[1]) == 1)


def _opens(letter: str, before: str, after: str) -> bool:
    """Whether a mark that closes nothing opens a quotation."""
    if letter == '"':
        return before.isspace() or not (after.isspace() or before.isalnum())  # 5'10" is a measure
    if letter == "”":
        return not (after.isspace() or before.isalnum() or before in _ENDS_WORDS)
    if letter in "»›":
        return after.isalnum() and not before.isalnum()
    return letter not in "」』"
