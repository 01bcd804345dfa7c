"""Where paragraphs most likely began in a text that has only its sentences left.

Printed dialogue gives each speaker a paragraph: speech after speech, or after narration that is no
part of the sentence that tags it, opens one. Where that goes wrong beside speech in the excerpts
that have most of it, CORRECTIONS says so, after LitBank's own copies of the printed texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum

_BEAT = 25  # words of narration at most between two speeches of one person
# The first words of narration between two speeches of one person.
_HIS = frozenset({"He", "She", "His", "Her", "It", "There", "They"})
_PAIRS = {'"': '"', "“": "”", "‘": "’", "'": "'", "``": "''"}


class Mark(Enum):
    NONE = 0
    OPEN = 1
    CLOSE = 2


Marks = list[list[Mark]]


def marks_of(sentences: Sequence[Sequence[str]]) -> Marks:
    """Which words are the quotation marks of speech, and which way they face."""
    counts = Counter(word for sentence in sentences for word in sentence if word in _PAIRS)
    marks = [[Mark.NONE] * len(sentence) for sentence in sentences]
    if not counts:
        return marks
    opening = max(counts, key=lambda mark: counts[mark])
    closing = _PAIRS[opening]
    is_open = False
    for row, sentence in zip(marks, sentences, strict=True):
        for place, word in enumerate(sentence):
            if word == opening and (opening != closing or not is_open or place == 0):
                # The mark at the head of a sentence opens, for speech may go on over paragraphs.
                row[place] = Mark.OPEN
                is_open = True
            elif word == closing and is_open:
                row[place] = Mark.CLOSE
                is_open = False
    return marks


def paragraph_starts(
    sentences: Sequence[Sequence[str]], marks: Marks, corrections: str = ""
) -> set[tuple[int, int]]:
    """(sentence, word) that open a paragraph. `corrections`: "4B 9J", break or join there."""
    starts = set(_Breaker(sentences, marks).run())
    for correction in corrections.split():
        place = int(correction[:-1]), 0
        if correction.endswith("B"):
            starts.add(place)
        else:
            starts.discard(place)
    return starts


class _Breaker:
    def __init__(self, sentences: Sequence[Sequence[str]], marks: Marks) -> None:
        self._sentences = sentences
        self._marks = marks
        self._is_open = False
        self._has_speech = False  # in this paragraph
        self._tagged = False  # the sentence of the last speech went on after it
        self._narrated = 0  # sentences of narration since the last speech, or the paragraph's start
        self._last = ""
        self._asked = False  # the last speech ended in a question

    def run(self) -> Iterator[tuple[int, int]]:
        for number, sentence in enumerate(self._sentences):
            if not sentence:
                continue
            if self._breaks_before(number):
                self._begin()
                yield number, 0
            narration = (
                not self._is_open
                and Mark.OPEN not in self._marks[number]
                and not sentence[0][0].islower()
            )
            for place, mark in enumerate(self._marks[number]):
                if mark is Mark.OPEN:
                    if place and self._marks[number][place - 1] is Mark.CLOSE:
                        self._begin()
                        yield number, place
                    self._is_open = self._has_speech = True
                    self._tagged, self._narrated = False, 0
                elif mark is Mark.CLOSE:
                    self._is_open = False
                    self._asked = self._last == "?"
                elif not self._is_open and self._has_speech and sentence[place][0].isalnum():
                    self._tagged = self._tagged or not narration
                self._last = sentence[place]
            self._narrated += narration

    def _begin(self) -> None:
        self._has_speech = self._tagged = False
        self._narrated = 0

    def _breaks_before(self, number: int) -> bool:
        sentence, opens = self._sentences[number], self._marks[number][0] is Mark.OPEN
        if sentence[0] == "—" or (opens and self._is_open):
            return True  # dash dialogue, or speech that goes on in a new paragraph
        if self._is_open or not self._last:
            return False
        if opens:
            return self._speech_breaks(number)
        if not self._has_speech or self._narrated:
            return False
        if sentence[0][0].islower():
            return False
        if self._tagged:
            return True
        following = self._marks[number + 1 : number + 2]
        beat = bool(following and following[0] and following[0][0] is Mark.OPEN)
        return not (beat and len(sentence) <= _BEAT and sentence[0] in _HIS)

    def _has_tag(self, number: int) -> bool:
        marks, sentence = self._marks[number], self._sentences[number]
        if Mark.CLOSE not in marks:
            return False
        return any(word[0].isalnum() for word in sentence[marks.index(Mark.CLOSE) :])

    def _speech_breaks(self, number: int) -> bool:
        if self._last in (":", ","):
            return False
        if not self._has_speech:
            return True
        if self._tagged:
            return self._asked or self._has_tag(number)
        return not self._narrated


# LitBank's number of the text -> where a paragraph begins (B) or does not (J), by sentence.
CORRECTIONS = {
    "12677": "2J 3J 40J 45B 46B 77J 78J 79J 95B 96J",
    "18581": "31J 73B 74B 88B 89B 102B 103B",
    "5348": "14B",
    "351": "28J 93B 94B 98J 99B 144B 145B",
    "1155": "26B 27B 35J 41B 42B 47B 48B 59J 76B 77B 80B 85B 86B 90B 91B 93B 94B 126J 127J",
    "209": (
        "12J 20J 24J 30J 38J 47J 52J 65B 66J 67B 68J 70B 71J 83J 84J 85J 86B 90J 98B 99J 104J 110B"
    ),
    "15265": "60B 61J 65B 66B 73B 74B 91B 92B 103B 104B 109J 110B",
    "1400": "34B 35B 49J 53J 64B 65B 66J 67J 68J 69J 70J 71J",
    "711": "23J 28B 29J 43B 44J 46B 58J 69J 75B 76B",
    "2852": "7B 8B 9B 38J 71B 72B 108J",
    "2005": "40B 41B 62B 63B 95B 96B",
    "514": "3B 23J 24B 33B 56B 57B",
    "95": "30B 65B",
}
