import pytest

from domain.cast import Gender
from domain.follow_up import standalone_query

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


def test_a_message_with_hardly_a_word_of_its_own_gains_the_question_before_it() -> None:
    assert standalone_query("And then?", EARLIER, NAMES) == "And then?\nWhom did Louisa marry?"
    assert standalone_query("Was it a happy marriage?", EARLIER, NAMES).endswith(EARLIER[0])


def test_at_the_beginning_there_is_nothing_to_lean_on() -> None:
    assert standalone_query("Why did she do it?", (), NAMES) == "Why did she do it?"
    assert standalone_query("Why?", ("Once.",), {}) == "Why?\nOnce."
