"""Dialogue led by a dash: a paragraph is speech but for the tags inside it."""

from __future__ import annotations

import re

from adapters.outbound.cast.lexicon.speech import SPEECH_VERBS, STRONG_SPEECH_VERBS
from domain.span import Span

_LEAD = re.compile(r"\s*(?:[—―–]|--)\s*")
_VERBS = "|".join(sorted(STRONG_SPEECH_VERBS))
_ANY_VERBS = "|".join(sorted(SPEECH_VERBS))
_PERSON = r"(?:he|she|I|we|they|[Tt]he|[Hh]is|[Hh]er|[Mm]y|an?|[A-Z]\w+)\b"
# A tag after the words, "... , said Tom" or "... ? he asked"; the speech before it ended in a mark.
_TAG = re.compile(
    rf"(?<=[,.!?—…\-])\s+(?:(?:{_VERBS})\s+{_PERSON}"
    rf"|(?:he|she|I|we|they|[A-Z][\w.]*(?:\s[A-Z][\w.']*){{0,3}}|[Tt]he\s\w+)\s+(?:\w+ly\s+)?(?:{_ANY_VERBS})\b)"
)
_NEXT_SPEECH = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)[.!?]\s+|[,:;]\s*[—―–-]+\s*|,\s{2,}|\s[—―–]\s?"
)


def dash_led_speech(text: str, paragraph: Span) -> list[Span]:
    """The speech of a paragraph that opens with a dash; nothing for any other paragraph."""
    lead = _LEAD.match(text, paragraph.start, paragraph.end)
    if lead is None or lead.end() == paragraph.end:
        return []
    runs = []
    start = lead.end()
    while tag := _TAG.search(text, start, paragraph.end):
        runs.append(Span(start, tag.start()).trimmed(text))
        resumed = _NEXT_SPEECH.search(text, tag.end(), paragraph.end)
        if resumed is None:
            start = paragraph.end
            break
        start = resumed.end()
    runs.append(Span(start, paragraph.end).trimmed(text))
    return [run for run in runs if len(run)]
