"""How like a person's other words an utterance sounds."""

from adapters.outbound.cast.idiolect import Idiolects

ADA = ["the", "balloon", "rises", "over", "the", "steeple"] * 20
BEN = ["the", "herring", "swims", "under", "the", "pier"] * 20
REST = ["the", "day", "and", "the", "night"] * 8000


def likeness(words: str, speaker: int = 9) -> dict[int, float]:
    said = [ADA, BEN, REST, words.split()]
    speakers = [{0: 1.0}, {1: 1.0}, {}, {speaker: 0.9}]
    return Idiolects(said, speakers).likeness(3, [0, 1, 9])


def test_a_persons_own_words_speak_for_him() -> None:
    found = likeness("my balloon")
    assert found[0] > 0 > found[1]


def test_words_of_everybody_tell_nothing_between_them() -> None:
    found = likeness("the night")
    assert abs(found[0] - found[1]) < 1e-9


def test_who_has_hardly_been_heard_is_not_judged() -> None:
    assert 9 not in likeness("my balloon")


def test_an_utterance_is_no_evidence_for_itself() -> None:
    assert likeness("one kipper", speaker=0)[0] < 0


def test_one_utterance_tells_so_much_and_no_more() -> None:
    assert likeness("balloon steeple " * 50)[0] == 2.0
    assert likeness("night " * 500)[0] == -2.0
