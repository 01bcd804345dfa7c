"""Which marks a text sets its direct speech in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_DASH_LED = re.compile(r"(?m)^[ \t]*(?:[—―–]|--(?!-))[ \t]*(?=[^\W\d_])")
_MIN_DASH_LED = 3
_SINGLES_WORTH = 2 / 3


class Marks(Enum):
    """Opening and closing mark of each style."""

    STRAIGHT = ('"', '"')
    CURLY = ("“", "”")
    SINGLE = ("‘", "’")
    STRAIGHT_SINGLE = ("'", "'")
    GUILLEMETS = ("«", "»")
    REVERSED_GUILLEMETS = ("»", "«")
    LOW_HIGH = ("„", "“")
    CORNER = ("「", "」")

    @property
    def opening(self) -> str:
        return self.value[0]

    @property
    def closing(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class QuotationStyle:
    marks: Marks
    dash_led: bool  # paragraphs of dialogue open with a dash and have no closing mark


def detect_style(text: str) -> QuotationStyle:
    marks = _commonest_marks(text)
    dashes = len(_DASH_LED.findall(text))
    led = len(re.findall(rf"(?m)^[ \t]*{re.escape(marks.opening)}", text))
    return QuotationStyle(marks, dash_led=dashes >= _MIN_DASH_LED and dashes > led)


def _commonest_marks(text: str) -> Marks:
    counts: dict[Marks, float] = {
        Marks.STRAIGHT: text.count('"') // 2,
        Marks.CURLY: min(text.count("“"), text.count("”")),
        Marks.SINGLE: len(re.findall(r"(?<!\w)‘(?=[A-Z])", text)),
        Marks.STRAIGHT_SINGLE: len(re.findall(r"(?<!\w)'(?=[A-Z])", text)),
        Marks.LOW_HIGH: text.count("„"),
        Marks.CORNER: text.count("「"),
        **_guillemets(text),
    }
    # Singles also stand inside doubles: they must be clearly in the majority.
    for single in (Marks.SINGLE, Marks.STRAIGHT_SINGLE):
        counts[single] *= _SINGLES_WORTH
    return max(counts, key=lambda marks: counts[marks])


def _guillemets(text: str) -> dict[Marks, int]:
    french = len(re.findall(r"(?:^|(?<=[\s(—]))«", text, re.MULTILINE))
    german = len(re.findall(r"(?:^|(?<=[\s(—]))»(?=\w)", text, re.MULTILINE))
    return {Marks.GUILLEMETS: french, Marks.REVERSED_GUILLEMETS: german}
