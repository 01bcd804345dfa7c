"""Citations as places in an EPUB: another reader of CFIs finds exactly the words there."""

import json
import os
import random
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.outbound.parsing.characters import clean
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.parser import parse_bytes
from domain.book import ParsedBook
from domain.cfi import read_cfi
from domain.epub_locator import locate
from domain.errors import InvalidLocator
from domain.frontier import Frontier
from domain.locator import resolve_locator
from domain.span import Span
from tests.unit.parsing.books import PROSE, parse
from tests.unit.parsing.cfi_resolver import Publication
from tests.unit.parsing.epub_writer import Epub, item, page

EVAL_DIR = os.environ.get("FALSAFA_EVAL_DIR")
EPUBS = sorted(Path(EVAL_DIR, "books").glob("*.epub")) if EVAL_DIR else []

BODY = f"""
<section><h2 id="c1">I <br/> The <em>Rain</em></h2>
<!-- a comment --><p>One &mdash; <em>very</em><!-- inside -->  hard\n\t  line &amp; “\u200a‘more’
\u200a” and\u00a0so on\u00ad, 𝔉𝔞𝔠𝔱𝔰, x and 🙂 after.</p>
<p><span class="dropcap">T</span><small>HE</small> note<a href="#n1"><sup>1</sup></a>, here
 <span class="pagenum">[Pg 12]</span>and <![CDATA[cdata <here>]]>, there.</p>
<blockquote><p>First line<br/>\n  second line<br/>third</p></blockquote>
<pre>  kept
   as it is</pre>
<table><tr><td>a</td><td>b <b>c</b></td></tr></table>
<div>Loose <div>and nested</div> and on</div>
<p hidden="hidden">unseen</p><p>{PROSE}</p></section>
"""


def made() -> bytes:
    return Epub(
        pages={
            "one.xhtml": page(BODY),
            "two.xhtml": page(
                f"<section><h2>II</h2><p>{PROSE}</p><p>The <i>end</i>.</p></section>"
            ),
        },
        contents=item("I", "one.xhtml") + item("II", "two.xhtml"),
    ).write()


@cache
def own_book() -> tuple[ParsedBook, Publication]:
    data = made()
    return parse(data), Publication(data)


def bare(text: str) -> str:
    """Without white space and what no reader sees."""
    return re.sub(r"\s+", "", clean(text))


def within(book: ParsedBook, start: int, length: int) -> Span:
    """A span of words in one spine item: a range over several documents nobody can jump to."""
    item = book.layout.anchor_at(start)
    beyond = [a.offset for a in book.anchors if item and a.item_index > item.item_index]
    end = min([start + length, len(book.text), *beyond])
    return Span(start, max(start, end)).trimmed(book.text)


def check(book: ParsedBook, publication: Publication, span: Span) -> None:
    place = locate(book.layout, span)
    assert place
    assert bare(publication.text(place.cfi)) == bare(span.of(book.text))
    # The first and the last letter are those of the words themselves.
    found = clean(publication.text(place.cfi))
    assert found[:1] == span.of(book.text)[:1]
    assert found[-1:] == span.of(book.text)[-1:]
    assert resolve_locator(place.cfi, book.layout) == Frontier(span.end)
    locator = {"href": place.href, "locations": {"partialCfi": place.partial_cfi}}
    assert resolve_locator(json.dumps(locator), book.layout) == Frontier(span.start)
    by_share = {"href": place.href, "locations": {"progression": place.progression}}
    assert resolve_locator(json.dumps(by_share), book.layout) == Frontier(span.start)
    of_book = {"locations": {"totalProgression": place.total_progression}}
    assert resolve_locator(json.dumps(of_book), book.layout) == Frontier(span.start)


@given(st.data())
def test_another_reader_finds_exactly_the_words_of_a_citation(data: st.DataObject) -> None:
    book, publication = own_book()
    start = data.draw(st.integers(0, len(book.text) - 1))
    span = within(book, start, data.draw(st.integers(1, 400)))
    if len(span):
        check(book, publication, span)


def test_every_letter_has_its_place() -> None:
    book, publication = own_book()
    for offset, letter in enumerate(book.text):
        if not letter.isspace():
            check(book, publication, Span(offset, offset + 1))


@given(st.data())
def test_a_position_comes_back_from_its_cfi(data: st.DataObject) -> None:
    book, _ = own_book()
    offset = data.draw(st.integers(1, len(book.text)))
    place = locate(book.layout, Span(offset - 1, offset))
    if place is None:  # between two paragraphs: no letter stands there
        assert book.text[offset - 1].isspace()
        return
    _, end = read_cfi(place.cfi)
    again = resolve_locator(f"epubcfi({end})", book.layout).offset
    assert again <= offset
    assert not book.text[again:offset].strip()


@pytest.mark.parametrize("path", EPUBS, ids=lambda p: p.stem)
@pytest.mark.eval_data
@pytest.mark.skipif(not EVAL_DIR, reason="FALSAFA_EVAL_DIR names no evaluation data")
def test_every_citation_of_a_real_book_is_found_by_its_cfi(path: Path) -> None:
    data = path.read_bytes()
    book = parse_bytes(data, path.name, "", ParsingLimits())
    publication, rng = Publication(data), random.Random(3)
    checked = 0
    for _ in range(400):
        span = within(book, rng.randrange(len(book.text)), rng.choice([1, 20, 90, 400, 1500]))
        if len(span):
            check(book, publication, span)
            checked += 1
    assert checked > 350


def test_a_place_is_told_as_e_readers_know_it() -> None:
    book, _ = own_book()
    start = book.text.index("end")
    place = locate(book.layout, Span(start, start + 4))
    assert place
    assert place.cfi == "epubcfi(/6/4!/4/2/6,/2/1:0,/3:1)"
    assert place.href == "OEBPS/text/two.xhtml"
    assert place.partial_cfi == "/4/2/6/2/1:0"
    assert place.css_selector == (
        ":root > :nth-child(2) > :nth-child(1) > :nth-child(3) > :nth-child(1)"
    )
    assert 0.9 < place.progression < 1
    assert place.position == 1 + start // 1024


def test_what_goes_on_into_another_document_is_told_as_far_as_the_first_goes() -> None:
    book, publication = own_book()
    second = next(a.offset for a in book.anchors if a.item_index)
    start = book.text.rindex(" ", 0, second - 20) + 1
    whole = locate(book.layout, Span(start, second + 20))
    assert whole == locate(book.layout, Span(start, second))
    check(book, publication, Span(start, second).trimmed(book.text))


def test_epub_js_counts_only_the_texts_that_are_there() -> None:
    book, _ = own_book()
    note = locate(book.layout, Span(start := book.text.index("note"), start + 4))
    end = locate(book.layout, Span(start := book.text.index("end"), start + 4))
    assert note
    assert note.cfi == "epubcfi(/6/2!/4/2/6,/5:1,/5:5)"
    assert note.epubjs_cfi == "epubcfi(/6/2!/4/2/6,/1:1,/1:5)"
    assert end
    assert end.epubjs_cfi == end.cfi
    read = resolve_locator(note.epubjs_cfi, book.layout).offset
    assert book.text[:read].endswith("THE note")


@pytest.mark.parametrize(
    ("cfi", "words"),
    [
        ("epubcfi(/6/2!/4/2/4)", "I\nThe Rain\n\n"),  # an element: what stands before it
        ("epubcfi(/6/2[one]!/4[body01]/2/4[p^]1]/1:3)", "I\nThe Rain\n\nOne"),
        ("epubcfi(/6/2!/4/2/4/1:3[One;s=a])", "I\nThe Rain\n\nOne"),
        ("epubcfi(/6/2!/4/2/4,/1:0,/1:3)", "I\nThe Rain\n\nOne"),  # a page: up to its end
        ("epubcfi(/6/2!/4/2/4/1:3~2.5@10:20)", "I\nThe Rain\n\nOne"),
        ("epubcfi(/6/2)", ""),
        ("epubcfi(/6/2!/2)", ""),
    ],
)
def test_a_cfi_of_an_e_reader_is_a_reading_position(cfi: str, words: str) -> None:
    book, _ = own_book()
    assert book.text[: resolve_locator(cfi, book.layout).offset] == words


def test_a_cfi_past_the_last_page_is_the_whole_book() -> None:
    book, _ = own_book()
    assert resolve_locator("epubcfi(/6/98!/4/2)", book.layout) == Frontier(len(book.text))


def test_a_readium_locator_is_a_reading_position() -> None:
    book, _ = own_book()
    second = book.text.index("II\n")
    for href in ("OEBPS/text/two.xhtml", "text/two.xhtml", "/OEBPS/text/two.xhtml#x"):
        locator = {"href": href, "type": "application/xhtml+xml", "locations": {"progression": 0}}
        assert resolve_locator(json.dumps(locator), book.layout) == Frontier(second)
    whole = {"href": "text/two.xhtml", "locations": {"fragments": ["epubcfi(/6/4!/4/2/4)"]}}
    assert resolve_locator(json.dumps(whole), book.layout).offset > second


@pytest.mark.parametrize(
    "written",
    [
        "epubcfi()",
        "epubcfi(/6/4",
        "epubcfi(6/4)",
        "epubcfi(/6/4!/4/2,/1:9,/1:2)",
        "epubcfi(/6/4!/4/2,/1:9)",
        "epubcfi(/6/4!/4:x)",
        "epubcfi(/6/99999999)",
        "epubcfi(" + "/2" * 4000 + ")",
        "{}",
        "{",
        "[]" * 3,
        '{"href": "text/three.xhtml"}',
        '{"href": "text/two.xhtml", "locations": {"progression": 1.5}}',
        '{"href": "text/two.xhtml", "locations": {"progression": true}}',
        '{"href": "text/two.xhtml", "locations": {"progression": NaN}}',
        '{"href": "text/two.xhtml", "locations": []}',
        '{"href": 7, "locations": {}}',
        "{" * 3000,
    ],
)
def test_what_is_no_place_in_the_book_is_refused(written: str) -> None:
    book, _ = own_book()
    with pytest.raises(InvalidLocator):
        resolve_locator(written, book.layout)


def test_a_book_whose_places_are_not_kept_says_what_to_do() -> None:
    book, _ = own_book()
    older = ParsedBook(book.text, book.chapters)
    with pytest.raises(InvalidLocator, match="add it again"):
        resolve_locator("epubcfi(/6/4!/4/2)", older.layout)
    assert locate(older.layout, Span(0, 4)) is None
