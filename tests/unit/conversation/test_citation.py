from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.citation import CitationReader
from domain.conversation import Citation
from domain.passage import Passage, SearchHit
from domain.span import Span

FIRST = (
    "‘Now, what I want is, Facts. Teach these boys and girls nothing but Facts. Facts alone are "
    "wanted in life.’ The scene was a plain, bare, monotonous vault of a school-room."
)
SECOND = "“My father’s a clown,” said Sissy. She curtseyed, and the whole school laughed at her."
OFFSET = 1000


def hits(*texts: str) -> list[SearchHit]:
    found, start = [], OFFSET
    for index, text in enumerate(texts):
        passage = Passage(index, Span(start, start + len(text)), chapter_index=index, text=text)
        found.append(SearchHit(index + 1, passage, chapter_title=f"Chapter {index + 1}"))
        start += len(text) + 2
    return found


def cited(reply: str, passages: Sequence[SearchHit] | None = None) -> list[Citation]:
    return CitationReader(hits(FIRST, SECOND) if passages is None else passages).feed(reply)


def test_a_quotation_before_a_marker_is_cited_exactly_as_it_stands_in_the_book() -> None:
    (citation,) = cited('As I said: "facts alone are wanted in life" [1].')

    assert citation.exact == "Facts alone are wanted in life"
    assert citation.number == 1
    assert citation.chapter_title == "Chapter 1"
    assert citation.chapter_index == 0
    assert (
        Span(citation.span.start - OFFSET, citation.span.end - OFFSET).of(FIRST) == citation.exact
    )
    assert FIRST[: citation.span.start - OFFSET].endswith(citation.prefix)
    assert FIRST[citation.span.end - OFFSET :].startswith(citation.suffix)
    assert citation.suffix


@pytest.mark.parametrize(
    "reply",
    [
        "“My father's a clown,” [2]",
        "‘My father’s a clown’ [ 2 ]",
        "She says that 'my father's a clown' to the school [2]",
        "“My father’s a clown.” [2]",
        "« My father’s a clown » [2]",
        "«\u202fMy father’s a clown\u00a0» [2]",
    ],
)
def test_apostrophes_and_marks_of_every_kind_do_not_hide_a_quotation(reply: str) -> None:
    assert [c.exact.rstrip(",") for c in cited(reply)] == ["My father’s a clown"]


def test_a_quotation_that_a_speech_tag_interrupts_is_cited_whole_where_the_book_has_it_so() -> None:
    (citation,) = cited("“My father’s a clown,” said Sissy. “She curtseyed” [2]", hits("x", SECOND))

    assert citation.exact == "She curtseyed"


def test_without_a_quotation_the_sentence_that_fits_the_claim_is_cited() -> None:
    (citation,) = cited("The school-room was bare and plain. [1]")

    assert citation.exact.startswith("The scene was a plain, bare")


def test_where_no_sentence_fits_the_claim_the_one_is_cited_that_the_search_found() -> None:
    (hit,) = hits(FIRST)
    place = OFFSET + FIRST.index("vault")
    found = replace(hit, highlights=(Span(place, place + 5),))

    assert [c.exact for c in cited("Nonsense [1]", [hit])] == ["‘Now, what I want is, Facts."]
    assert [c.exact for c in cited("Nonsense [1]", [found])] == [FIRST[FIRST.index("The scene") :]]


def test_an_invented_quotation_is_never_passed_off_as_the_book() -> None:
    (citation,) = cited("“Facts are for the dogs” [1]")

    assert citation.exact in FIRST
    assert "dogs" not in citation.exact


def test_a_number_that_names_no_passage_is_no_citation() -> None:
    assert cited("Surely so [3], and [0], and [12345], and [x].") == []


def test_several_numbers_in_one_marker_and_markers_in_a_row_speak_for_the_same_words() -> None:
    for markers in ("[1, 2]", "[1][2]", "[1] and [2]", "[1]–[2]"):
        reply = f"The school laughed at Sissy {markers}."
        assert [c.number for c in cited(reply)] == [1, 2]
        assert cited(reply)[1].exact == "She curtseyed, and the whole school laughed at her."


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1-2]", [1, 2]),
        ("[1–3]", [1, 2]),  # there is no third passage
        ("[1 to 2]", [1, 2]),
        ("[2-1]", []),
        ("[0-999]", [1, 2]),
        ("[1 and 2]", [1, 2]),
        ("[2, 1, and 9]", [2, 1]),
        ("[1 & 2]", [1, 2]),
        ("[1,\n2]", [1, 2]),
        ("[passage 2]", [2]),
        ("[Passages 1 and 2]", [1, 2]),
        ("[source: 1]", [1]),
        ("[cite: 1, 2]", [1, 2]),
        ("[#2]", [2]),
        ("[^2]", [2]),
        ("【2】", [2]),
        ("【2†source】", [2]),
        ("［1］", [1]),
        ("[-1]", []),
        ("[1/2]", []),
        ("[1888]", []),
        ("[chapter 2]", []),
        ("[2 dogs]", []),
        ("(2)", []),
    ],
)
def test_a_marker_is_understood_as_models_write_it(marker: str, numbers: list[int]) -> None:
    assert [c.number for c in cited(f"The school laughed at Sissy {marker}.")] == numbers


def test_the_same_place_is_told_once() -> None:
    reply = "“Facts alone are wanted in life” [1]. Again: “facts alone are wanted in life” [1]."

    assert len(cited(reply)) == 1


def test_a_citation_is_told_as_soon_as_its_marker_is_complete() -> None:
    reader = CitationReader(hits(FIRST))

    assert reader.feed("“Facts alone are wanted in life” [") == []
    assert reader.feed("1") == []
    assert [c.number for c in reader.feed("]")] == [1]
    assert reader.feed(" And so on.") == []


def test_a_passage_without_words_is_not_cited() -> None:
    assert cited("So it is [1].", hits(" ")) == []


PIECES = [
    "“Facts alone are wanted in life” ",
    "'my father’s a clown' ",
    "The school laughed. ",
    "nonsense ",
    *("[1]", "[2]", "[1, 2]", "[1-2]", "【passage 2†x】", "[9] ", "[", "]", " ", "\n"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.data())
def test_how_a_reply_is_cut_into_deltas_makes_no_difference(
    pieces: list[str], data: st.DataObject
) -> None:
    reply = "".join(pieces)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(reply)), max_size=8)))
    reader = CitationReader(hits(FIRST, SECOND))

    streamed = [
        citation
        for start, end in zip([0, *cuts], [*cuts, len(reply)], strict=True)
        for citation in reader.feed(reply[start:end])
    ]

    assert streamed == cited(reply)


RESPELLED = {"’": "’'", "‘": "‘'", "“": '“"', "”": '”"', " ": [" ", "\n", "  "], "—": "—–"}


@given(st.data())
def test_typographic_variants_of_a_true_quotation_are_always_verified(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([FIRST, SECOND]))
    words = text.split(" ")
    start = data.draw(st.integers(0, len(words) - 1))
    stretch = " ".join(words[start : data.draw(st.integers(start + 1, len(words)))])
    quotation = "".join(data.draw(st.sampled_from(list(RESPELLED.get(c, c)))) for c in stretch)

    (citation,) = cited(f"It says “{quotation}” [1].", hits(text))

    place = Span(citation.span.start - OFFSET, citation.span.end - OFFSET)
    assert place.of(text) == citation.exact
    bare = "“”‘’ ,.\"'"
    assert citation.exact.strip(bare) == stretch.strip(bare)
