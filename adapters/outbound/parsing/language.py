"""The language of a text: what its file declares, unless the text plainly says otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Protocol, cast

from domain.book import BookMetadata

_TAG = re.compile(r"([A-Za-z]{2,3})(-[A-Za-z0-9]{1,8})*")
_SAMPLES = 7
_SAMPLE = 1_500  # code points
_ENOUGH = 40  # letters; fewer tell nothing
_THREE_LETTERS = {
    "eng": "en", "fre": "fr", "fra": "fr", "ger": "de", "deu": "de", "spa": "es", "ita": "it",
    "por": "pt", "dut": "nl", "nld": "nl", "rus": "ru", "urd": "ur", "ara": "ar", "per": "fa",
    "fas": "fa", "hin": "hi", "swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "pol": "pl",
    "tur": "tr", "chi": "zh", "zho": "zh", "jpn": "ja", "lat": "la",
}  # fmt: skip


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def settle_language(metadata: BookMetadata, text: str) -> BookMetadata:
    """The metadata with a BCP 47 tag; "" if neither the file nor the text tells."""
    declared = _well_formed(metadata.language)
    detected, agreement = detect_language(text)
    # Producers leave a default of their own in books of any language; a declared variety of the
    # language detected ("en-GB") tells more than the detector can.
    contradicted = detected and agreement >= 1.0 and declared.partition("-")[0] != detected
    return replace(metadata, language=detected if contradicted or not declared else declared)


def detect_language(text: str) -> tuple[str, float]:
    """The language that most samples of a text are in (ISO 639-1), and their share, 0..1."""
    step = max(_SAMPLE, len(text) // _SAMPLES)
    samples = [text[at : at + _SAMPLE] for at in range(0, len(text), step)][:_SAMPLES]
    votes = [_identifier().classify(s)[0] for s in samples if sum(map(str.isalpha, s)) >= _ENOUGH]
    if not votes:
        return "", 0.0
    winner = max(set(votes), key=lambda vote: (votes.count(vote), vote))
    return winner, votes.count(winner) / len(votes)


def _well_formed(tag: str) -> str:
    tag = tag.strip().replace("_", "-")
    match = _TAG.fullmatch(tag)
    if match is None or match[1].lower() in ("und", "mul", "zxx", "mis"):
        return ""
    primary = match[1].lower()
    return _THREE_LETTERS.get(primary, primary) + tag[len(primary) :]


@cache
def _identifier() -> _Identifier:
    import py3langid  # loads its model: half a second, and only where books are parsed

    return cast(_Identifier, py3langid)
