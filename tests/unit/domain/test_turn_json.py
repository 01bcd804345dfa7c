import json

import pytest

from domain.turn import TurnEvent
from domain.turn_json import (
    citation_from_json,
    citation_to_json,
    event_from_json,
    event_to_json,
)
from tests.contract.test_turn_stream import CITATION, EVENTS


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_from_json_as_it_was(event: TurnEvent) -> None:
    assert event_from_json(json.loads(json.dumps(event_to_json(event)))) == event


def test_a_citation_comes_back_from_json_as_it_was() -> None:
    assert citation_from_json(json.loads(json.dumps(citation_to_json(CITATION)))) == CITATION
