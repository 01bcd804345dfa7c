"""What a reader has not met: names and wordings, at one page and another."""

import random

import pytest

from domain.cast import Alias, Cast, Character
from domain.frontier import Frontier
from domain.ids import CharacterId
from domain.late_words import FirstMentions, LateWords
from domain.sentences import sentences
from domain.span import Span
from domain.words import words_of
from tests.unit.leaks.dowager import the_dowager

EARLY = """\
Isabella lived by the mill. Miss Thorpe, said the miller, has no grace in her. The rose by the door
was red. Mr. Darcy had a dog. The Martians had gone away.

"""
LATE = """\
Then Grace came to the mill, and with Grace came Rose, the harbinger of frost and lamentation.
Isabella Thorpe met Mrs. Darcy by the gate. A Martian stood in Rosings, and Rosings fell, and the
miller saw Colonel Fitzwilliam shut his eyes against the light. He had feared Trimblewick, and
now Trimblewick laughed. Up went Dunmore Lodge and down came Dunmore Lodge.
"""
TEXT = EARLY + LATE


def the_cast() -> Cast:
    people = (
        ("Isabella", "Miss Thorpe", "Isabella Thorpe"),
        *(("Grace",), ("Rose",), ("Mr. Darcy",), ("Mrs. Darcy",), ("Colonel Fitzwilliam",)),
        ("Trimblewick",),
    )
    return Cast(tuple(_character(number, names) for number, names in enumerate(people)))


def _character(number: int, names: tuple[str, ...]) -> Character:
    ends = [TEXT.index(name) + len(name) for name in names]
    return Character(
        CharacterId(f"c{number}"),
        names[0],
        tuple(Alias(name, end) for name, end in zip(names, ends, strict=True)),
        Span(0, min(ends)),
    )


MENTIONS = FirstMentions(TEXT, the_cast())


def late_names(reply: str, *told: str, up_to: int = len(EARLY)) -> list[str]:
    words = words_of(reply)
    late = LateWords(MENTIONS, Frontier(up_to), told)
    places = ((words[a].span.start, words[b - 1].span.end) for a, b in late.names_in(words))
    return [reply[start:end] for start, end in places]


def late_wordings(reply: str, *told: str, up_to: int = len(EARLY)) -> int:
    return len(list(LateWords(MENTIONS, Frontier(up_to), told).wordings_in(words_of(reply))))


def test_a_name_whose_first_mention_lies_past_the_page_is_late() -> None:
    assert late_names("I saw Colonel Fitzwilliam there, and Grace.") == [
        "Colonel Fitzwilliam",
        "Grace",
    ]
    assert late_names("I love Rosings.") == ["Rosings"]
    assert late_names("It was Rose’s dog.") == ["Rose"]


def test_nothing_is_late_to_whoever_has_read_everything() -> None:
    assert late_names(LATE, up_to=len(TEXT)) == []
    assert late_wordings(LATE, up_to=len(TEXT)) == 0


def test_an_everyday_word_is_no_name_in_small_letters_or_where_any_word_has_a_capital() -> None:
    for reply in (
        "I said grace with grace, and smelt a rose.",
        "Grace was said. Rose petals lay about.",
        "“Grace before meat!” he cried: “Rose petals after.”",
        "*Rose* is a colour.\nGrace is a gift.",
    ):
        assert late_names(reply) == []


def test_a_name_of_the_cast_or_one_that_stands_alone_is_late_wherever_in_a_sentence() -> None:
    assert late_names("Trimblewick did it. He did: Trimblewick!") == ["Trimblewick"] * 2
    assert late_names("Rosings fell.") == ["Rosings"]
    assert late_names("Lodge a complaint. Lodge it with us.") == []  # everywhere in a name alone
    assert late_names("I stayed at the Lodge.") == ["Lodge"]


def test_a_full_stop_behind_a_title_or_an_initial_ends_no_sentence() -> None:
    assert late_names("I saw Mr. Rose and J. Grace.") == ["Rose", "Grace"]
    assert late_names("So did I. Rose petals lay about.") == []


def test_what_puts_together_known_parts_of_a_persons_name_is_no_news() -> None:
    assert late_names("I met Isabella Thorpe.") == []
    assert late_names("I met Mrs. Darcy.") == ["Mrs. Darcy"]  # a marriage is


def test_a_plural_makes_a_name_known() -> None:
    assert late_names("I saw a Martian.") == []


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Who is Rose?", "I know Rose."),
        ("who is colonel fitzwilliam", "I know Colonel Fitzwilliam."),
        ("Tell me of Fitzwilliam.", "I know Colonel Fitzwilliam."),
        ("Did she marry, is she Mrs. Darcy now?", "They call her Mrs. Darcy."),
    ],
)
def test_a_name_that_the_reader_used_is_no_leak(said: str, reply: str) -> None:
    assert late_names(reply, said) == []


def test_the_readers_words_excuse_no_other_name() -> None:
    assert late_names("I know Rose and Mrs. Darcy.", "Is Darcy kind? Is Mrs. Smith?") == [
        "Rose",
        "Mrs. Darcy",
    ]


def test_a_wording_of_later_pages_is_late_whatever_its_marks_and_case() -> None:
    assert late_wordings("the MILLER saw colonel Fitzwilliam shut his eyes — against the light")
    assert late_wordings("a harbinger of frosts and of lamentation")
    assert not late_wordings("The rose by the door was red, said the miller.")


def test_a_wording_that_the_reader_used_is_no_leak() -> None:
    said = "Who is the harbinger of frost and lamentation?"

    assert late_wordings(said)
    assert not late_wordings(said, said)


def test_a_name_of_the_cast_that_is_no_name_is_never_late() -> None:
    cast = Cast(
        (Character(CharacterId("c"), "the Captain", (Alias("the Captain", 90),), Span(0, 1)),)
    )

    late = LateWords(FirstMentions("Nobody.", cast), Frontier(0))

    assert list(late.names_in(words_of("I like the Captain."))) == []


def test_no_sentence_that_has_been_read_is_late_and_nearly_every_other_is() -> None:
    book = the_dowager()
    chosen = random.Random(5)
    for chapter in range(1, 10):
        page = book.read(chapter)
        late = LateWords(book.mentions, page)
        spans = list(sentences(book.text, Span(0, len(book.text))))
        read = [s.of(book.text) for s in spans if page.sees(s)]
        unread = [s.of(book.text) for s in spans if s.start >= page.offset and len(s) > 60]

        def is_late(sentence: str) -> bool:
            words = words_of(sentence)
            return any(late.names_in(words)) or any(late.wordings_in(words))  # noqa: B023

        assert not [s for s in chosen.sample(read, 40) if is_late(s)]
        sample = chosen.sample(unread, min(40, len(unread)))
        assert sum(map(is_late, sample)) >= 0.95 * len(sample)
