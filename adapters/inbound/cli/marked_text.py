"""A reply on its way to the screen, with a mark behind each quotation that it makes."""

from domain.conversation import Quotation, SpeakerMark
from domain.quoted import WINDOW
from domain.typography import CLOSING_MARKS

_WAIT = WINDOW + 40  # code points behind a closing mark by which it is known what it closes


class MarkedText:
    """What is certain to need no mark any more is given at once, the rest when it is."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    def feed(self, delta: str) -> str:
        self._text += delta
        least = max(self._given, len(self._text) - _WAIT)
        marks = (self._text.find(mark, least) for mark in CLOSING_MARKS)
        return self._up_to(min((m for m in marks if m >= 0), default=len(self._text)))

    def mark(self, quotation: Quotation) -> str:
        end = quotation.place.end
        while self._text[end : end + 1] in CLOSING_MARKS and end < len(self._text):
            end += 1
        # What a longer quotation holds was given before it.
        return self._up_to(max(end, self._given)) + mark_of(quotation)

    def end(self) -> str:
        return self._up_to(len(self._text))

    def _up_to(self, place: int) -> str:
        given = self._text[self._given : place]
        self._given = max(self._given, place)
        return given


def mark_of(quotation: Quotation) -> str:
    if not quotation.is_verified:
        return " (?)"
    if quotation.speaker is SpeakerMark.DIFFERS:
        return f" ✓ (it is {quotation.speaker_name} who says it)"
    return " ✓"
