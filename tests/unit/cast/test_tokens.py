from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cast.reading import read


def test_a_possessive_ending_is_no_part_of_its_word() -> None:
    tokens = read("Ada's brother O'Hara didn't mind the cook’s well-made pie.").tokens
    assert tokens.words[:4] == ["Ada", "brother", "O'Hara", "didn't"]
    assert "well-made" in tokens.words
    assert [w for w, p in zip(tokens.words, tokens.possessive, strict=True) if p] == ["Ada", "cook"]


def test_titles_and_initials_end_no_sentence() -> None:
    tokens = read("He met Mr. Brown and J. Hill. Then he left.").tokens
    openings = [w for w, o in zip(tokens.words, tokens.opens_sentence, strict=True) if o]
    assert openings == ["He", "Then"]


def test_words_of_speech_are_marked() -> None:
    tokens = read('"Come in," said Ada.').tokens
    assert list(tokens.quoted) == [1, 1, 0, 0]


@given(st.text(alphabet="aB c.'’-\n\"éŁ9", max_size=80))
def test_words_and_gaps_make_up_the_text(text: str) -> None:
    page = read(text)
    tokens = page.tokens
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert text[start:end].replace("’", "'") == word
    assert len(tokens.gaps) == len(tokens) + 1
    assert tokens.starts == sorted(tokens.starts)
