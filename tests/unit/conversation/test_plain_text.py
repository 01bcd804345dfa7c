import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plain_text import PlainText

HOSTILE = st.text(alphabet='!<>[]()/ab1"\n “”', max_size=60)


def plain(*pieces: str) -> str:
    text = PlainText()
    return "".join([*map(text.feed, pieces), text.end()])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Sit down. “Facts alone are wanted in life.” [1]", None),
        ("Help! [1] Help![2] a < b, 3 > 2, I <3 you", None),
        ("[an aside] and [1], [2]", None),
        ("See ![x](http://evil.example/?q=secret) here", "See x here"),
        ("See [my page](https://evil.example) here", "See my page here"),
        ("As told [1](http://evil.example)", "As told [1]"),
        ("A ![](http://evil.example/a_(b).png)!", "A !"),
        ('<img src="http://evil.example">Hush<br/>', "Hush"),
        ("<script>fetch('x')</script>", "fetch('x')"),
        ("<http://evil.example> and <!-- x -->", " and "),
        ("[never closed", None),
        ("<never closed", None),
        ("![", None),
    ],
)
def test_links_images_and_tags_leave_their_words(said: str, told: str | None) -> None:
    assert plain(said) == (said if told is None else told)


@given(st.lists(HOSTILE, max_size=6))
def test_how_a_text_is_cut_makes_no_difference(pieces: list[str]) -> None:
    assert plain(*pieces) == plain("".join(pieces))


@given(st.text(alphabet=st.characters(exclude_characters="<[!"), max_size=200))
def test_prose_comes_as_it_was_said_and_at_once(said: str) -> None:
    assert PlainText().feed(said) == said


def test_what_could_become_a_link_is_held_back_for_a_while_only() -> None:
    text = PlainText()
    assert text.feed("a [") == "a "
    assert text.feed("x" * 1_000).startswith("(xxx")


@pytest.mark.parametrize("opening", ["![x](http://evil.example/", '<img src="http://evil.example/'])
@pytest.mark.parametrize("cut", [1, 7, 5_000])
def test_a_long_address_is_no_way_out(opening: str, cut: int) -> None:
    said = f"{opening}{'a' * 2_000})>"
    told = plain(*(said[start : start + cut] for start in range(0, len(said), cut)))
    assert not told.startswith(("!", "[", "<"))
    assert told == plain(said)
