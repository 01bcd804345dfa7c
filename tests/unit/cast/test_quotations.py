import pytest

from adapters.outbound.cast.quotation_marks import Marks, detect_style
from tests.unit.cast.reading import quoted, read

DIALOGUE = (
    '"The lamp is out," said Ada. "Who put it out?"\n\n'
    '"Nobody," Ben answered; "it\'s the wind."\n\n'
    '"Is it?"\n\n'
    "Ada's hand was on the door of the boys' room."
)
SPEECH = ["The lamp is out,", "Who put it out?", "Nobody,", "it's the wind.", "Is it?"]


def in_marks(opening: str, closing: str, apostrophe: str) -> str:
    out, is_open = [], False
    for character in DIALOGUE:
        if character == '"':
            is_open = not is_open
            out.append(opening if is_open else closing)
        else:
            out.append(apostrophe if character == "'" else character)
    return "".join(out)


@pytest.mark.parametrize(
    ("opening", "closing", "apostrophe"),
    [
        ('"', '"', "'"),
        ("“", "”", "’"),
        ("‘", "’", "’"),
        ("'", "'", "'"),
        ("«", "»", "’"),
        ("„", "“", "’"),
    ],
)
def test_speech_is_found_in_every_style_of_marks(
    opening: str, closing: str, apostrophe: str
) -> None:
    text = in_marks(opening, closing, apostrophe)
    assert [q.replace("’", "'") for q in quoted(text)] == SPEECH


def test_speech_led_by_a_dash_stops_at_its_tags() -> None:
    text = (
        "—The lamp is out, said Ada. Who put it out?\n\n—Nobody, Ben answered.\n\n"
        "—Is it?\n\nShe was at the door."
    )
    assert quoted(text) == ["The lamp is out,", "Who put it out?", "Nobody,", "Is it?"]


def test_a_dash_inside_a_paragraph_leads_no_speech() -> None:
    assert quoted("She went—slowly—to the door.\n\nIt was shut—locked.") == []


def test_quotations_inside_quotations_belong_to_the_outer_speech() -> None:
    assert quoted("“He said ‘Go home’ and went,” said Ada.") == ["He said ‘Go home’ and went,"]
    assert quoted("‘He said “Go home” and went,’ said Ada. ‘So I went.’") == [
        "He said “Go home” and went,",
        "So I went.",
    ]


def test_speech_that_runs_over_paragraphs_is_marked_as_running_on() -> None:
    page = read('"First part.\n\n"Second part," said Ada.')
    assert [q.runs_on for q in page.quotations] == [True, False]


def test_a_missing_mark_spoils_only_its_own_speech() -> None:
    text = '"Come in, said Ada. "Sit down."\n\n"Thank you."'
    assert quoted(text)[-2:] == ["Sit down.", "Thank you."]


def test_a_term_set_off_inside_a_sentence_is_no_speech() -> None:
    assert quoted('The so-called "blue room" was shut. "Why?" asked Ada.') == ["Why?"]


def test_elided_words_open_no_speech_in_british_style() -> None:
    text = "'I told 'em so,' said Ada. She laughed. 'Come in.'"
    assert quoted(text)[0] == "I told 'em so,"
    assert quoted(text)[-1] == "Come in."


def test_an_empty_pair_of_marks_is_nothing() -> None:
    assert quoted('""\n\n" "\n\n"No."') == ["No."]


def test_doubles_win_over_the_singles_inside_them() -> None:
    assert detect_style('"He said \'Go\'," she said. "Did he?"').marks is Marks.STRAIGHT
