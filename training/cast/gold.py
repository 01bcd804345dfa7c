"""LitBank's speakers laid over the pipeline's own utterances and people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.outbound.cast.extract import Conversations, Source, find_conversations
from adapters.outbound.cast.model import Kind, Voice
from adapters.outbound.cast.tokens import Tokens
from domain.span import Span
from training.cast.litbank import Excerpt, GoldQuote

NO_CANDIDATE = -1  # the speaker is nobody whom the pipeline knows
_MATCHES = 0.9  # intersection over union
_MARKS = " \n\"'“”‘’«»—_"


@dataclass(frozen=True, slots=True)
class Example:
    """One excerpt. `speaker`: utterance -> person, or NO_CANDIDATE; only where LitBank tells."""

    name: str
    source: Source
    talk: Conversations
    speaker: dict[int, int]
    quotes: Sequence[tuple[GoldQuote, int | None, int]]  # utterance that holds it, if found; person


def examples(excerpts: Sequence[Excerpt]) -> list[Example]:
    return [_example(excerpt) for excerpt in excerpts]


def _example(excerpt: Excerpt) -> Example:
    source, talk = find_conversations(excerpt.text)
    person = _people_of_entities(excerpt, source, talk)
    utterance_of = _utterances_of_quotes(excerpt, source, talk)
    quotes = [
        (quote, utterance, person.get(quote.speaker, NO_CANDIDATE))
        for quote, utterance in zip(excerpt.quotes, utterance_of, strict=True)
    ]
    said: dict[int, Counter[int]] = {}
    for quote, utterance, speaker in quotes:
        if utterance is not None:
            said.setdefault(utterance, Counter())[speaker] += len(quote.span)
    likeliest = {utterance: counts.most_common(1)[0][0] for utterance, counts in said.items()}
    return Example(excerpt.name, source, talk, likeliest, quotes)


def _people_of_entities(excerpt: Excerpt, source: Source, talk: Conversations) -> dict[str, int]:
    """One to one, most common mentions first."""
    entity_at: dict[int, list[tuple[int, str]]] = {}
    for label, spans in excerpt.mentions.items():
        for span in spans:
            entity_at.setdefault(span.end, []).append((span.start, label))
    shared: Counter[tuple[str, int]] = Counter()
    for reference in talk.references.all:
        who = reference.person
        if who is None and reference.voice is Voice.NARRATOR and reference.kind is Kind.PRONOUN:
            if source.tokens.quoted[reference.first]:
                continue
            who = next((p.id for p in talk.people if p.is_narrator), None)
        if who is None:
            continue
        span = _span(source.tokens, reference.first, reference.last)
        # A title or "'s" may stand on either side of LitBank's mention and not of ours.
        for end in (span.end, span.end - 2):
            for start, label in entity_at.get(end, ()):
                if start >= span.start - 30:
                    shared[label, who] += 1
    result: dict[str, int] = {}
    taken: set[int] = set()
    for (label, who), _ in shared.most_common():
        if label not in result and who not in taken:
            result[label] = who
            taken.add(who)
    return result


def _span(tokens: Tokens, first: int, last: int) -> Span:
    return Span(tokens.starts[first], tokens.ends[last - 1])


def _utterances_of_quotes(
    excerpt: Excerpt, source: Source, talk: Conversations
) -> list[int | None]:
    found = [
        (_trimmed(excerpt.text, q.span), utterance)
        for utterance, turn in enumerate(talk.utterances)
        for q in source.quotations[turn.first : turn.last]
    ]
    return [_best(_trimmed(excerpt.text, quote.span), found) for quote in excerpt.quotes]


def _best(gold: Span, found: Sequence[tuple[Span, int]]) -> int | None:
    """The utterance of the quotation that is the gold one, or that lies in it."""
    for span, utterance in found:
        common = min(span.end, gold.end) - max(span.start, gold.start)
        if (
            common > 0
            and common >= _MATCHES * len(span)
            and (common >= _MATCHES * len(gold) or span.start == gold.start)
        ):
            return utterance
    return None


def _trimmed(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and text[start] in _MARKS:
        start += 1
    while end > start and text[end - 1] in _MARKS:
        end -= 1
    return Span(start, end)
