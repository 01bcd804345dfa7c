"""A language model that analyses and portrays anybody, from what it is shown."""

import json
import re
from collections.abc import Sequence

from application.ports.text_model import TextRequest
from domain.persona_analysis import ASPECTS

PORTRAIT = (
    "You are {name}, and you hold that work comes before talk. You speak shortly, in sentences that"
    " end where the thought ends. You fear little, and you show less. You want the river, the"
    " ropes and the people about you to be in good order."
)


def scripted_writer(request: TextRequest) -> str:
    """One statement an aspect, on the first piece of evidence; then the portrait above."""
    if request.schema is not None:
        return analysis_of(**{aspect: [(f"Something of {aspect}.", [1])] for aspect in ASPECTS})
    return PORTRAIT.format(name=name_in(request))


def analysis_of(**aspects: Sequence[tuple[str, Sequence[int]]]) -> str:
    return json.dumps(
        {
            aspect: [
                {"statement": statement, "evidence": list(numbers)}
                for statement, numbers in aspects.get(aspect, ())
            ]
            for aspect in ASPECTS
        }
    )


def name_in(request: TextRequest) -> str:
    found = re.match(r"The character: (.*), of “", request.message)
    assert found is not None
    return found[1]
