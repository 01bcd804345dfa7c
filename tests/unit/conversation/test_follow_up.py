import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cast import Gender
from domain.follow_up import leans, standalone_query
from tests.unit.conversation.follow_ups import FOLLOW_UPS, MORE_FOLLOW_UPS, FollowUp
from tests.unit.leaks.dowager import the_dowager

NAMES = {
    "Louisa": Gender.FEMALE,
    "Mrs. Sparsit": Gender.FEMALE,
    "Sparsit": Gender.FEMALE,
    "Stephen": Gender.MALE,
    "Bitzer": None,
}
EARLIER = ("Whom did Louisa marry?", "She married Mr. Bounderby.")


@pytest.mark.parametrize(
    "message", ["What is a horse?", "Tell me of the circus and the whelp.", "Who robbed the bank?"]
)
def test_a_question_that_stands_alone_is_left_as_it_is(message: str) -> None:
    assert standalone_query(message, EARLIER, NAMES) == message


def test_a_pronoun_gains_the_name_of_its_gender_that_was_said_last() -> None:
    assert standalone_query("What did she do at the bank?", EARLIER, NAMES).endswith("\nLouisa")
    later = (*EARLIER, "And Stephen?", "Mrs. Sparsit knows.")
    assert standalone_query("Where did she work?", later, NAMES).endswith("\nMrs. Sparsit")
    assert standalone_query("Where did he work?", later, NAMES).endswith("\nStephen")


def test_a_name_of_unknown_gender_may_stand_for_either() -> None:
    assert standalone_query("Is his hair pale?", ("Who is Bitzer?", "A boy."), NAMES).endswith(
        "\nBitzer"
    )


def test_a_message_with_hardly_a_word_of_its_own_gains_what_was_said_before_it() -> None:
    assert standalone_query("And then?", EARLIER, NAMES).splitlines() == ["And then?", *EARLIER]
    assert standalone_query("Was it a happy marriage?", EARLIER, NAMES).endswith(EARLIER[0])


def test_a_question_that_leans_on_one_that_leans_gains_both() -> None:
    later = (*EARLIER, "Was she happy?", "No.")

    assert standalone_query("And why?", later, NAMES).splitlines() == [
        "And why?",
        "Was she happy?",
        "Louisa",
    ]


def test_whom_the_reader_asked_about_is_meant_before_whoever_else_was_named() -> None:
    said = ("Who is Stephen?", "A weaver. Louisa pities him.", "What does he say?", "He is silent.")

    assert standalone_query("Why does she pity him?", said, NAMES).splitlines()[1:] == [
        "Louisa",
        "Stephen",
    ]


def test_the_character_whom_the_reader_talks_with_is_no_he_or_she() -> None:
    said = ("Do you love Louisa?", "I, Mrs. Sparsit?")

    assert "Louisa" in standalone_query("What did she steal?", said, NAMES, ["Mrs. Sparsit"])
    assert "Louisa" not in standalone_query("What did she steal?", said, NAMES, ["Louisa"])


def test_a_reader_may_write_names_small_but_not_those_that_are_everyday_words() -> None:
    names = {**NAMES, "Rose": Gender.FEMALE}

    said = ("who is mrs. sparsit", "Nobody knows.", "does she like a rose", "She does not.")
    assert standalone_query("what else does she like", said, names).splitlines()[1] == (
        "Mrs. Sparsit"
    )


def test_at_the_beginning_there_is_nothing_to_lean_on() -> None:
    assert standalone_query("Why did she do it?", (), NAMES) == "Why did she do it?"
    assert standalone_query("Why?", ("Once.",), {}) == "Why?\nOnce."
    assert not leans("Why did she do it?", (), NAMES)


@pytest.fixture(scope="module")
def names() -> dict[str, Gender | None]:
    return {a.text: c.gender for c in the_dowager().cast.characters for a in c.aliases}


@pytest.mark.parametrize("case", [*FOLLOW_UPS, *MORE_FOLLOW_UPS], ids=lambda case: case.message)
def test_a_conversation_on_a_book(case: FollowUp, names: dict[str, Gender | None]) -> None:
    people = the_dowager().cast.characters
    listener = [a.text for c in people if c.name == case.to for a in c.aliases]
    query = standalone_query(case.message, case.said, names, listener).casefold()

    assert leans(case.message, case.said, names) == case.leans
    assert [w for w in case.wants if w.casefold() not in query] == []
    assert [w for w in case.lacks if w.casefold() in query] == []


@settings(deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=60), max_size=5))
def test_whatever_is_said_the_message_comes_first_and_alone_unless_it_leans(
    message: str, said: list[str]
) -> None:
    query = standalone_query(message, said, NAMES)

    assert query.startswith(message)
    if not leans(message, said, NAMES):
        assert query == message
