import json

import pytest

from domain.conversation import Quotation
from domain.turn import TurnDone, TurnEvent
from domain.turn_json import (
    citation_from_json,
    citation_to_json,
    event_from_json,
    event_to_json,
    quotation_from_json,
    quotation_to_json,
)
from tests.contract.test_turn_stream import CITATION, EVENTS, QUOTATION, UNVERIFIED


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_from_json_as_it_was(event: TurnEvent) -> None:
    assert event_from_json(json.loads(json.dumps(event_to_json(event)))) == event


def test_a_citation_comes_back_from_json_as_it_was() -> None:
    assert citation_from_json(json.loads(json.dumps(citation_to_json(CITATION)))) == CITATION


@pytest.mark.parametrize("quotation", [QUOTATION, UNVERIFIED])
def test_a_quotation_comes_back_from_json_as_it_was(quotation: Quotation) -> None:
    assert quotation_from_json(json.loads(json.dumps(quotation_to_json(quotation)))) == quotation


def test_the_end_of_a_turn_that_an_earlier_release_wrote_has_neither_quotations_nor_leaks() -> None:
    written = event_to_json(EVENTS[-1])
    del written["quotations"], written["leaks"]
    assert isinstance(done := event_from_json(written), TurnDone)
    assert (done.quotations, done.leaks) == ((), ())
