from domain.wording import Wordings, best_fit, content_words, words


def test_words_are_told_in_lower_case_with_straight_apostrophes() -> None:
    assert words("Don’t shout, Mr. O’Hara—42!") == ["don't", "shout", "mr", "o'hara", "42"]


def test_forms_of_one_word_share_a_stem() -> None:
    assert len(set(content_words("marry marries married"))) == 1
    assert len(set(content_words("horse horses horse's"))) == 1
    assert content_words("What did you say to him?") == []


def test_the_text_that_shares_the_rarer_words_fits_best() -> None:
    texts = ["The horse ran.", "The horse kicked the banker.", "Nothing of the sort."]

    assert best_fit("Which banker has a horse?", texts) == 1
    fits = Wordings(texts).fits("horses")
    assert fits[0] > fits[1] > fits[2] == 0


def test_nothing_fits_where_no_word_is_shared() -> None:
    assert best_fit("Where is it?", ["The horse ran."]) is None
    assert best_fit("anything", []) is None
