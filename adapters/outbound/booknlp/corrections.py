"""What BookNLP 1.0.8 gets wrong and a caller can put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def put_speakers_in_place(attribution: Any) -> None:
    """`attribution`: a QuotationAttribution.

    Its `tag` gives a speaker for each quotation, but counts only those with somebody near who could
    speak them: one without shifts the speakers of all that follow. `get_representation` tells, last
    in its answer, which quotations were counted.
    """
    tag, represent = attribution.tag, attribution.get_representation
    counted: list[int] = []

    def represent_and_note(*arguments: Any, **named: Any) -> Any:
        answer = represent(*arguments, **named)
        counted[:] = answer[-1]
        return answer

    def tag_in_place(quotes: Any, entities: Any, tokens: Any) -> list[Any]:
        speakers: Sequence[Any] = tag(quotes, entities, tokens)
        placed = [None] * len(speakers)
        for number, place in enumerate(counted):
            placed[place] = speakers[number]
        return placed

    attribution.get_representation = represent_and_note
    attribution.tag = tag_in_place
