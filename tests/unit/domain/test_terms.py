from domain.span import Span
from domain.terms import occurrences, searchable_words, terms


def test_terms_lose_endings_capitals_and_accents() -> None:
    assert terms("The CAFÉS were Married, marrying!") == ["cafe", "marri", "marri"]


def test_stop_words_and_scraps_of_contractions_are_left_out() -> None:
    assert terms("What did he do, and why wasn't it hers? I'll say: don't.") == ["sai"]


def test_marks_and_pictures_are_no_words() -> None:
    assert terms("?! … 🕯️ — * \x00") == []


def test_searchable_words_stay_as_they_stand() -> None:
    assert searchable_words("Why did the Keepers run?") == ["Keepers", "run"]


def test_occurrences_are_found_by_their_terms() -> None:
    text = "He marries; they married."
    assert list(occurrences(text, {"marri"})) == [Span(3, 10), Span(17, 24)]
    assert list(occurrences(text, set())) == []
