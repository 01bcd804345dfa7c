from domain.cast import Alias
from domain.naming.aliases import aliases_of, as_shown


def test_a_name_is_shown_on_one_line_and_not_in_capitals() -> None:
    assert as_shown("MRS. DE\n  COURCY") == "Mrs. DE Courcy"


def test_ways_of_writing_one_name_are_one_alias() -> None:
    assert aliases_of([("PETER", 5), ("Mr. Pan", 30), ("Peter", 90), ("Peter", 120)]) == [
        Alias("Peter", 90, 3),
        Alias("Mr. Pan", 30, 1),
    ]


def test_a_name_over_two_lines_is_written_as_it_is_shown() -> None:
    assert aliases_of([("Peter\nPan", 9), ("Peter Pan", 90)]) == [Alias("Peter Pan", 9, 2)]


def test_a_name_that_stands_in_capitals_alone_is_known_from_there() -> None:
    assert aliases_of([("PETER", 5), ("PETER", 50)]) == [Alias("Peter", 5, 2)]


def test_a_name_is_not_known_before_the_text_tells_whose_it_is() -> None:
    (alias,) = aliases_of([("Peter", 5)], tied_from=lambda name: 700 if name == "Peter" else 0)
    assert alias.known_from == 700
