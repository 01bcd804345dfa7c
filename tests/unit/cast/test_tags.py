import pytest

from adapters.outbound.cast.model import Kind
from adapters.outbound.cast.utterances import Utterance
from tests.unit.cast.reading import read, utterances_in

PEOPLE = ["Ada", "Ben"]


def tagged(text: str) -> list[str | None]:
    """What the tag of each utterance names its speaker by."""
    page = read(text)

    def words(turn: Utterance) -> str | None:
        if turn.tag is None:
            return None
        subject = turn.tag.subject
        return text[page.tokens.starts[subject.first] : page.tokens.ends[subject.last - 1]]

    return [words(turn) for turn in utterances_in(text, PEOPLE)]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ('"Come in," said Ada.', "Ada"),
        ('"Come in," Ada said.', "Ada"),
        ('"Come in," she then softly said to Ben.', "she"),
        ('"Come in," Ada told Ben.', "Ada"),
        ('"Come in!" Ada, who had been asleep all day, cried.', "Ada"),
        ('"Come in," replied the old porter.', "the old porter"),
        ('"Come in," was her curt reply.', "her"),
        ('"Come in," was Ben\'s answer.', "Ben"),
        ('Ada looked at Ben and said, "Come in."', "Ada"),
        ('Ben waited till Ada said: "Come in."', "Ada"),
        ('Ada turned to Ben: "Come in."', "Ada"),
        ('At what Ben said, Ada whispered, "Come in."', "Ada"),
        ("“Come in,” said Ada.", "Ada"),
        ("—Come in, said Ada.\n\n—No, said Ben.\n\n—Do come.", "Ada"),
    ],
)
def test_a_tag_names_its_speaker(text: str, speaker: str) -> None:
    assert tagged(text)[0] == speaker


@pytest.mark.parametrize(
    "text",
    [
        '"Come in." Ben\'s hat fell.',
        'Ada sat down. "Come in."',
        '"Come in."',
        '"Yes"; and Ben said:',
    ],
)
def test_narration_without_a_verb_of_speech_is_no_tag(text: str) -> None:
    assert tagged(text) == [None]


def test_a_paragraph_that_ends_in_a_colon_tags_the_next() -> None:
    assert tagged('Ada rose, and Ben said:\n\n"Come in."') == ["Ben"]


def test_speech_that_a_tag_interrupts_is_one_utterance() -> None:
    turns = utterances_in('"Come in," said Ada. "Sit down." She smiled. "Do."', PEOPLE)
    assert [(t.first, t.last) for t in turns] == [(0, 3)]


def test_two_tags_in_a_paragraph_are_two_utterances() -> None:
    text = '"Come in," said Ada. "No," said Ben. "I must go."'
    assert tagged(text) == ["Ada", "Ben"]


def test_speech_back_to_back_changes_hands() -> None:
    assert len(utterances_in('"Yes." "No."', PEOPLE)) == 2


def test_speech_over_paragraphs_is_one_utterance() -> None:
    (turn,) = utterances_in('"First.\n\n"Second," said Ada.', PEOPLE)
    assert (turn.first_paragraph, turn.last_paragraph) == (0, 1)
    assert turn.tag is not None
    assert turn.tag.subject.kind is Kind.NAME


def test_questions_are_marked() -> None:
    asks = [t.asks for t in utterances_in('"Is it?"\n\n"It is," said Ben.', PEOPLE)]
    assert asks == [True, False]
