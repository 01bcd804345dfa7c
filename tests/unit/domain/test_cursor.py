import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cursor import read_cursor, read_place, write_cursor
from domain.errors import InvalidInput

PLAIN = st.text(st.characters(max_codepoint=127), max_size=40)


@given(st.lists(PLAIN, max_size=4))
def test_a_cursor_gives_back_the_key_that_it_was_written_for(key: list[str]) -> None:
    cursor = write_cursor(*key)
    assert read_cursor(cursor, len(key)) == tuple(key)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&? ")


@given(st.text(max_size=40), st.integers(1, 3))
def test_any_other_word_is_refused(word: str, length: int) -> None:
    try:
        key = read_cursor(word, length)
    except InvalidInput:
        return
    assert len(key) == length


@pytest.mark.parametrize("key", [("a",), ("a", "b", "c")])
def test_a_cursor_of_another_list_is_refused(key: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(write_cursor(*key), 2)


@pytest.mark.parametrize("word", ["e30", "WzFd", "W1tbXV1d", "bnVsbA", "[" * 5000, "Wy\u00e9"])
def test_json_that_is_no_key_is_refused(word: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(word, 1)


def test_a_place_is_one_number() -> None:
    assert read_place(write_cursor("17")) == 17
    for key in ("", "-1", "x", "9" * 19):
        with pytest.raises(InvalidInput):
            read_place(write_cursor(key))
