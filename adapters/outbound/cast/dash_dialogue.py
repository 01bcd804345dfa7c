"""Dialogue led by a dash: a paragraph is speech but for the tags and the narration inside it.

No mark shows where speech ends, so its grammar has to: speakers say I and you and ask, narration
tells in the past tense what he, she or a name did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters.outbound.cast.lexicon.speech import (
    AGENT_VERBS,
    PRESENT_VERBS,
    SPEECH_VERBS,
    STRONG_SPEECH_VERBS,
)
from domain.span import Span

_LEAD = re.compile(r"\s*(?:[—―–]|--)\s*")
_VERBS = "|".join(sorted(STRONG_SPEECH_VERBS))
_ANY_VERBS = "|".join(sorted(SPEECH_VERBS))
_PERSON = r"(?:he|she|I|we|they|[Tt]he|[Hh]is|[Hh]er|[Mm]y|an?|[A-Z]\w+)\b"
_NAME = r"[A-Z][\w.’']*(?:\s[A-Z][\w.’']*){0,3}"
_ROLE = r"(?:[Tt]he|[Hh]is|[Hh]er|[Mm]y|[Aa]n?)(?:\s[\w’'-]+){1,3}?"
# A tag after the words, "... , said Tom" or "... ? he asked"; the speech before it ended in a mark.
_TAG = re.compile(
    rf"(?<=[,.!?—…\-])\s+(?:(?:{_VERBS})\s+{_PERSON}"
    rf"|(?:he|she|I|we|they|{_NAME}|{_ROLE})\s+(?:\w+ly\s+)?(?:{_ANY_VERBS})\b)"
)
_NEXT_SPEECH = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)[.!?]\s+|[,:;]\s*[—―–-]+\s*|[:;]\s+|,\s{2,}|\s[—―–]\s?"
)
_SENTENCE = re.compile(r"(?:(?:Mr|Mrs|Ms|Dr|St)\.|[^.!?…]|(?<=\w)\.(?=\w))*[.!?…]*[’'”\"]*\s*")
_PAST = "|".join(sorted({*AGENT_VERBS - PRESENT_VERBS, r"[a-z]+ed"}))
_NARRATION = re.compile(
    rf"\W*(?:(?:He|She|They|It|There|{_NAME}|{_ROLE})\s+(?:\w+ly\s+|\w+\s+and\s+\w+\s+)?"
    rf"|(?:[A-Z]\w+ing|As|When|While|Then|And\sthen|With|At)\b[^.!?]{{0,80}}\b(?:he|she|they|it|{_NAME})\s+)"
    rf"(?:{_PAST})\b"
)
_SPOKEN = re.compile(
    r"\b(?:I|[Yy]ou|[Mm]e|[Mm]y|[Yy]ours?|[Ww]e|[Uu]s|[Oo]urs?|[Ii]t[’']s|[Dd]on[’']t|[Ii]s|[Aa]re)\b|[?!]"
)


def dash_led_speech(text: str, paragraph: Span) -> list[Span]:
    """The speech of a paragraph that opens with a dash; nothing for any other paragraph."""
    lead = _LEAD.match(text, paragraph.start, paragraph.end)
    if lead is None or lead.end() == paragraph.end:
        return []
    runs: list[Span] = []
    start = lead.end()
    while tag := _TAG.search(text, start, paragraph.end):
        runs.extend(_without_narration(text, start, tag.start(), bool(runs)))
        resumed = _NEXT_SPEECH.search(text, tag.end(), paragraph.end)
        if resumed is None:
            start = paragraph.end
            break
        start = resumed.end()
    runs.extend(_without_narration(text, start, paragraph.end, bool(runs)))
    return runs


def _without_narration(text: str, start: int, end: int, may_begin: bool) -> Iterator[Span]:
    """What is said, up to the narration at its end: speakers tell of others, too.

    `may_begin`: the first sentence may be narration as well.
    """
    said_until = start
    telling = False
    for place, sentence in enumerate(_sentences(text, start, end)):
        words = sentence.of(text)
        if _SPOKEN.search(words) or (place == 0 and not may_begin):
            telling = False
        elif _NARRATION.match(words):
            telling = True
        if not telling:
            said_until = sentence.end
    said = Span(start, said_until).trimmed(text)
    if len(said):
        yield said


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end:
        match = _SENTENCE.match(text, start, end)
        stop = match.end() if match and match.end() > start else end
        yield Span(start, stop)
        start = stop
