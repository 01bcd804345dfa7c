"""Which quotation mark closes which, inside one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from adapters.outbound.cast.quotation_marks import Marks
from domain.naming.word_lists import word_list
from domain.span import Span

_ELISIONS = word_list(
    "tis twas twere twill em cause bout til till round un nuff gainst neath deed m d s ll re ve"
)


class Role(Enum):
    OPENS = "opens"
    CLOSES = "closes"
    MAY_CLOSE = "may close"  # or is an apostrophe: goin', the dogs'


class Mark(NamedTuple):
    place: int
    role: Role


class Run(NamedTuple):
    """Quoted text between the marks at `opening` and `closing`, which it does not hold.

    `closing` is None where the paragraph ends first.
    """

    opening: int
    closing: int | None


def runs_of_speech(text: str, paragraph: Span, marks: Marks) -> list[Run]:
    """Disjoint runs in order. Linear in the paragraph.

    A quotation inside one, in the same marks, parts it: "I said," / "and went." are the speaker's.
    Where a mark is missing, speech ends before the next that opens."""
    if marks is Marks.STRAIGHT or marks is Marks.CURLY:
        return list(_runs(_double(text, paragraph)))
    if marks is Marks.SINGLE or marks is Marks.STRAIGHT_SINGLE:
        return list(_runs(_single(text, paragraph, marks)))
    return list(_runs(_directed(text, paragraph, marks)))


def _runs(marks: Sequence[Mark]) -> Iterator[Run]:
    closing = _matched(marks)
    opened: int | None = None  # where the run began
    outer = inner = -1  # indices of the marks that close the speech, and a quotation inside it
    for index, (place, role) in enumerate(marks):
        if index == inner:
            opened, inner = place, -1
        elif inner >= 0:
            continue
        elif index == outer and opened is not None:
            yield Run(opened, place)
            opened, outer = None, -1
        elif role is Role.OPENS:
            if opened is not None:
                yield Run(opened, place)
                if outer >= 0:
                    opened, inner = None, closing[index]
                    continue
            opened, outer = place, closing.get(index, -1)
    if opened is not None:
        yield Run(opened, None)


def _matched(marks: Sequence[Mark]) -> dict[int, int]:
    """Index of each opening mark that is closed -> index of the one that closes it."""
    open_marks: list[int] = []
    matched: dict[int, int] = {}
    for index, (_, role) in enumerate(marks):
        if role is Role.OPENS:
            open_marks.append(index)
        elif open_marks:
            matched[open_marks.pop()] = index
    return matched


def _double(text: str, paragraph: Span) -> list[Mark]:
    """Straight or curly marks, for there are texts that have both."""
    curly = _directed(text, paragraph, Marks.CURLY)
    places = _places(text, paragraph, '"')
    if not places:
        return curly
    if not curly and len(places) % 2 == 0:
        roles = (Role.OPENS, Role.CLOSES)
        return [Mark(place, roles[n % 2]) for n, place in enumerate(places)]
    # One is missing: the white space beside each mark has to tell.
    straight = [
        Mark(p, Role.OPENS if _looks_opening(text, paragraph, p) else Role.CLOSES) for p in places
    ]
    return sorted([*straight, *curly], key=lambda mark: mark.place) if curly else straight


def _looks_opening(text: str, paragraph: Span, place: int) -> bool:
    before, after = _beside(text, paragraph, place)
    return (before.isspace() or before in "([—-_") and not after.isspace()


def _directed(text: str, paragraph: Span, marks: Marks) -> list[Mark]:
    return [
        Mark(place, Role.OPENS if text[place] == marks.opening else Role.CLOSES)
        for place in _places(text, paragraph, marks.opening + marks.closing)
    ]


def _single(text: str, paragraph: Span, marks: Marks) -> list[Mark]:
    """Single marks, where the closing one is also the apostrophe.

    After punctuation it closes. After a letter (goin', the dogs') it closes only if nothing surer
    comes before the next opening mark; the last such one then.
    """
    found: list[Mark] = []
    depth = 0
    maybe_closed = False
    last = -1
    for place in _places(text, paragraph, marks.opening + marks.closing):
        if _opens_single(text, paragraph, place, marks, depth > 0 and not maybe_closed):
            depth, maybe_closed = depth + 1, False
            found.append(Mark(place, Role.OPENS))
        elif place > last + 1 and (role := _closes_single(text, paragraph, place)) is not None:
            maybe_closed = role is Role.MAY_CLOSE
            depth = depth if maybe_closed else max(0, depth - 1)
            found.append(Mark(place, role))
        last = place
    return list(_settled(found, opening_is_sure=marks is Marks.SINGLE))


def _settled(marks: Sequence[Mark], opening_is_sure: bool) -> Iterator[Mark]:
    """Opening and closing marks alone.

    Where opening marks are sure, speech that closes twice has lost one of a pair inside it, and the
    later close ends it.
    """
    depth = 0
    pending: Mark | None = None  # closes speech unless something later does
    for mark in marks:
        if mark.role is Role.OPENS:
            if pending is not None:
                yield pending._replace(role=Role.CLOSES)
                depth, pending = depth - 1, None
            depth += 1
            yield mark
        elif depth > 1 and mark.role is Role.CLOSES:
            depth -= 1
            yield mark
        elif depth == 1 and (
            pending is None
            or pending.role is Role.MAY_CLOSE
            or (opening_is_sure and mark.role is Role.CLOSES)
        ):
            pending = mark
    if pending is not None:
        yield pending._replace(role=Role.CLOSES)


def _opens_single(text: str, paragraph: Span, place: int, marks: Marks, is_open: bool) -> bool:
    if text[place] != marks.opening:
        return False
    before, _ = _beside(text, paragraph, place)
    after = text[place + 1 : min(place + 12, paragraph.end)]
    if before.isalnum() or not after or after[0].isspace():
        return False
    if marks is not Marks.SINGLE and before in ".,!?":
        return False
    word = re.match(r"\w+", after)
    if word is None or word[0][0].isupper():
        return True
    led_in = text[max(paragraph.start, place - 3) : place].rstrip()[-1:] in (*",:;.!?-—", "")
    if word[0].lower() in _ELISIONS:
        return led_in and not is_open and marks is Marks.SINGLE
    return led_in or not is_open


def _closes_single(text: str, paragraph: Span, place: int) -> Role | None:
    before, after = _beside(text, paragraph, place)
    if before.isspace() or after.isalnum():
        return None
    return Role.MAY_CLOSE if before.isalnum() else Role.CLOSES


def _beside(text: str, paragraph: Span, place: int) -> tuple[str, str]:
    before = text[place - 1] if place > paragraph.start else " "
    after = text[place + 1] if place + 1 < paragraph.end else " "
    return before, after


def _places(text: str, paragraph: Span, marks: str) -> list[int]:
    return [
        m.start() for m in re.compile(f"[{marks}]").finditer(text, paragraph.start, paragraph.end)
    ]
