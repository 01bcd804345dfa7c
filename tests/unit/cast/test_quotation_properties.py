"""What holds of the quotations of any text, however its marks are set or spoilt."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.cast.mark_pairs import runs_of_speech
from adapters.outbound.cast.paragraphs import paragraphs
from adapters.outbound.cast.quotation_marks import Marks
from adapters.outbound.cast.quotations import Quotation, find_quotations
from domain.span import Span

STYLES = {
    Marks.STRAIGHT: "'", Marks.CURLY: "’", Marks.SINGLE: "’", Marks.STRAIGHT_SINGLE: "'",
    Marks.GUILLEMETS: "’", Marks.REVERSED_GUILLEMETS: "’", Marks.LOW_HIGH: "’",
    Marks.CORNER: "’",
}  # fmt: skip

soup = st.lists(
    st.sampled_from(
        ["“", "”", '"', "'", "‘", "’", "«", "»", "„", "—", "--", " ", "\n\n", ", ", ". ", "? ",
         "Ada", "said", "he", "it's", "'em", "goin'", "the"]
    ),
    max_size=80,
).map("".join)  # fmt: skip
sentence = st.lists(
    st.sampled_from(["the", "lamp", "don't", "was", "out", "by", "o'clock", "ada", "we'll"]),
    min_size=2,
    max_size=8,
).map(lambda words: " ".join(words).capitalize())
turn = st.tuples(
    sentence,
    st.sampled_from([",", "?", "!"]),
    st.sampled_from(["said Ada.", "he asked."]),
    sentence,
)
pages = st.lists(st.one_of(turn, sentence), min_size=3, max_size=12)


def found(text: str) -> list[Quotation]:
    return find_quotations(text, paragraphs(text))


def page(turns: list[tuple[str, str, str, str] | str], marks: Marks) -> str:
    opening, closing, apostrophe = marks.opening, marks.closing, STYLES[marks]
    blocks = []
    for block in turns:
        if isinstance(block, str):
            blocks.append(block.replace("'", apostrophe) + ".")
            continue
        first, end, tag, second = (part.replace("'", apostrophe) for part in block)
        blocks.append(f"{opening}{first}{end}{closing} {tag} {opening}{second}.{closing}")
    return "\n\n".join(blocks)


@given(soup)
def test_quotations_are_disjoint_and_lie_trimmed_in_their_paragraphs(text: str) -> None:
    quotations = found(text)
    assert all(a.end <= b.start for a, b in pairwise(quotations))
    for quotation in quotations:
        words = quotation.span.of(text)
        assert words
        assert words == words.strip()
        block = paragraphs(text)[quotation.paragraph]
        assert block.contains(quotation.span)


@given(soup, st.sampled_from(Marks))
def test_runs_lie_between_marks_of_the_style(text: str, marks: Marks) -> None:
    runs = runs_of_speech(text, Span(0, len(text)), marks)
    double = marks in (Marks.STRAIGHT, Marks.CURLY)
    both = '"“”' if double else marks.opening + marks.closing
    for run in runs:
        assert text[run.opening] in both
        assert run.closing is None or text[run.closing] in both
        assert run.opening < (len(text) if run.closing is None else run.closing)
    assert all(a.closing is not None and a.closing <= b.opening for a, b in pairwise(runs))


@given(pages)
def test_every_style_of_marks_gives_the_same_spans(
    turns: list[tuple[str, str, str, str] | str],
) -> None:
    turns = [*turns, ("Come in", ",", "said Ada.", "Sit down")]
    spans = {marks: [q.span for q in found(page(turns, marks))] for marks in STYLES}
    said = 2 * sum(not isinstance(block, str) for block in turns)
    assert all(len(of_style) == said for of_style in spans.values())
    assert all(of_style == spans[Marks.STRAIGHT] for of_style in spans.values())


@given(pages, st.data())
def test_a_lost_mark_spoils_no_other_paragraph(
    turns: list[tuple[str, str, str, str] | str], data: st.DataObject
) -> None:
    turns = [*turns, ("Come in", ",", "said Ada.", "Sit down"), *["It was so"] * 2]
    whole = page(turns, Marks.CURLY)
    lost = data.draw(st.sampled_from([i for i, c in enumerate(whole) if c in "“”"]))
    spoilt = whole[:lost] + whole[lost + 1 :]
    number = whole.count("\n\n", 0, lost)
    kept = [q.span.of(whole) for q in found(whole) if q.paragraph != number]
    assert [q.span.of(spoilt) for q in found(spoilt) if q.paragraph != number] == kept


@given(soup)
def test_speech_is_the_same_wherever_its_paragraph_stands(text: str) -> None:
    marks = Marks.STRAIGHT
    alone = runs_of_speech(text, Span(0, len(text)), marks)
    moved = runs_of_speech("¶" * 7 + text + "¶", Span(7, 7 + len(text)), marks)
    assert [(r.opening + 7, r.closing and r.closing + 7) for r in alone] == [
        tuple(r) for r in moved
    ]
