"""A cast by two plain rules, for tests and demonstrations of everything around the extractor."""

from __future__ import annotations

import re
from collections import defaultdict

from application.ports.character_extractor import Extraction
from domain.book import BookLayout
from domain.cast import Alias, AttributionKind, Cast, Character, Mention, Quote
from domain.ids import CharacterId, QuoteId
from domain.span import Span

_SPEECH = re.compile(r"[\"“]([^\"”]+)[\"”]")
_TAG = re.compile(r"\s*(?:said|asked|cried)\s+([A-Z]\w+)")
NO_SPEAKERS = "No names of people were found in this text."


class TaggedSpeechExtractor:
    """Knows only those whom "said NAME" follows; the same texts always give the same cast."""

    def __init__(self) -> None:
        self.extracted: list[str] = []

    async def prepare(self) -> None:
        """Nothing to load."""

    async def extract(self, text: str, layout: BookLayout, language: str) -> Extraction:
        self.extracted.append(text)
        quotes = _quotes(text)
        speakers = sorted({q.speaker_id for q in quotes if q.speaker_id})
        mentions = [
            Mention(Span(*match.span()), name, alias=name)
            for name in speakers
            for match in re.finditer(rf"\b{name}\b", text)
        ]
        cast = Cast(
            characters=_characters(mentions, quotes),
            quotes=tuple(quotes),
            mentions=tuple(sorted(mentions, key=lambda m: m.span)),
            warnings=() if speakers else (NO_SPEAKERS,),
        )
        return Extraction(cast)


def _quotes(text: str) -> list[Quote]:
    quotes = []
    for number, match in enumerate(_SPEECH.finditer(text)):
        span = Span(*match.span(1)).trimmed(text)
        tag = _TAG.match(text, match.end())
        quotes.append(
            Quote(
                id=QuoteId(f"q{number}"),
                span=span,
                utterance=number,
                speaker_id=CharacterId(tag[1]) if tag else None,
                confidence=1.0 if tag else 0.0,
                attribution=AttributionKind.EXPLICIT if tag else AttributionKind.IMPLICIT,
                known_from=tag.end() if tag else span.end,
            )
        )
    return quotes


def _characters(mentions: list[Mention], quotes: list[Quote]) -> tuple[Character, ...]:
    by_id: dict[CharacterId, list[Span]] = defaultdict(list)
    for mention in mentions:
        by_id[mention.character_id].append(mention.span)
    characters = [
        Character(
            id=id_,
            name=id_,
            aliases=(Alias(id_, min(spans).end, len(spans)),),
            first_mention=min(spans),
            mention_count=len(spans),
            quote_count=sum(q.speaker_id == id_ for q in quotes),
        )
        for id_, spans in by_id.items()
    ]
    return tuple(sorted(characters, key=lambda c: (-c.quote_count, -c.mention_count)))
