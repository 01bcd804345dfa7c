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


def test_narration_after_speech_led_by_a_dash_is_none_of_it() -> None:
    text = (
        "—Let me take him. She was too weak to resist. The doctor handed him back.\n\n"
        "—He went to sea, you know. He never came home.\n\n—No, said she; I forbid it.\n\n"
        "—Is it bad? the old lady cried. She rose."
    )
    assert quoted(text) == [
        "Let me take him.",
        "He went to sea, you know. He never came home.",
        "No,",
        "I forbid it.",
        "Is it bad?",
    ]


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


def test_straight_and_curly_marks_may_stand_in_one_text() -> None:
    text = '“The lamp is out,” said Ada.\n\n"Who put it out?"\n\n“Nobody," said Ben. "The wind.”'
    assert quoted(text) == ["The lamp is out,", "Who put it out?", "Nobody,", "The wind."]


def test_doubles_win_over_the_singles_inside_them() -> None:
    assert detect_style('"He said \'Go\'," she said. "Did he?"').marks is Marks.STRAIGHT


def test_a_quotation_in_the_same_marks_parts_the_speech_around_it() -> None:
    assert quoted("“I said, “Go home,” and he went,” said Ada. “So there.”") == [
        "I said,",
        "and he went,",
        "So there.",
    ]


def test_an_opening_mark_after_unclosed_speech_begins_anew() -> None:
    assert quoted("“Come in, said Ada. “Sit down.”\n\n“Thank you.”") == [
        "Come in, said Ada.",
        "Sit down.",
        "Thank you.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        'He sang "The Ash Grove," and slept.',
        'A novel called "The Turn of the Road." It was long.',
        'She played a spoon "Derby," and a whist.',
        'Her look was as if to say, "You shall pay for this."',
        'He felt like answering: "I have done so already."',
        '"To James Mortimer, from his friends," was engraved upon it.',
        'Her note was short, and ran as follows: "I shall not come. Ada."',
        'There was a card on the door: "Boats to hire."',
        '"All the world\'s a stage."\n\n--William Shakespeare',
        'They went "twosing," and came home. "Side-burns" found favour.',
    ],
)
def test_terms_titles_inscriptions_and_what_goes_unsaid_are_no_speech(text: str) -> None:
    assert quoted(f'{text}\n\n"Why?" asked Ada.') == ["Why?"]


@pytest.mark.parametrize(
    "speech",
    ['The Duke said "Rather" and went.', 'She cried "Alive or dead?" to them.',
     '"Well," thought Ada, "he is late."', 'He wrote slowly, and said: "It is done."'],
)  # fmt: skip
def test_a_word_that_is_said_is_speech_and_so_is_a_thought_in_marks(speech: str) -> None:
    assert quoted(speech)
