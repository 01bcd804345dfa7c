import io

from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.booknlp.text import handed_over
from domain.book import BookLayout, Chapter, ChapterKind
from domain.span import Span

TEXTS = st.text(
    st.one_of(st.sampled_from("Ada “”\r\n\t\ufeff\x85\u2028\u2029\x0b\x0c\x1c\0\ud800\udfff😀é"))
    | st.characters(codec=None)
)


def plain(text: str) -> str:
    return handed_over(text, BookLayout(len(text), ()))


def as_it_is_opened(text: str) -> str:
    """BookNLP opens its input as text: decoded, and with universal newlines."""
    return io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8").read()


@given(TEXTS)
def test_what_it_reads_has_every_code_point_in_its_place(text: str) -> None:
    read = as_it_is_opened(plain(text))
    assert len(read) == len(text)
    for ours, theirs in zip(text, read, strict=True):
        assert theirs == ours or ours in "\r\ufeff" or "\ud800" <= ours <= "\udfff"


@given(TEXTS)
def test_a_line_end_is_one_and_stands_where_its_last_character_stood(text: str) -> None:
    read = as_it_is_opened(plain(text))
    for place in (i for i, c in enumerate(read) if c == "\n"):
        assert text[place] in "\r\n"
    assert read.count("\n") == text.replace("\r\n", "\n").replace("\r", "\n").count("\n")


@given(TEXTS, st.data())
def test_outside_the_body_and_in_headings_nothing_is_left_but_line_ends(
    text: str, data: st.DataObject
) -> None:
    cuts = st.lists(st.integers(0, len(text)), min_size=3, max_size=3)
    begins, told, ends = sorted(data.draw(cuts))
    layout = BookLayout(
        len(text),
        (
            Chapter(0, "Licence", Span(0, begins), ChapterKind.FRONT),
            Chapter(1, "I", Span(begins, ends), heading=Span(begins, told)),
            Chapter(2, "Notes", Span(ends, len(text)), ChapterKind.BACK),
        ),
    )
    handed, whole = handed_over(text, layout), plain(text)
    assert len(handed) == len(text)
    assert handed[told:ends] == whole[told:ends]
    assert not (handed[:told] + handed[ends:]).strip()
    assert handed.count("\n") == whole.count("\n")
