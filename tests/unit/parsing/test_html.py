from __future__ import annotations

import pytest

from domain.errors import BrokenFile, EmptyBook
from tests.unit.parsing.books import PROSE, assert_sound, parse, titles

BOOK = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Hard Weather</title>
<meta name="author" content="Ann Orde"></head><body><h1>Hard Weather</h1>
<h2>Chapter I</h2><p>{PROSE}<p>Café
<h2>Chapter II</h2><p>{PROSE}</body></html>"""


def test_chapters_by_headings_and_what_the_head_says() -> None:
    book = parse(BOOK, "book.html")
    assert_sound(book)
    assert (book.metadata.title, book.metadata.author) == ("Hard Weather", "Ann Orde")
    assert titles(book) == ["Chapter I", "Chapter II"]
    assert book.anchors[1].path == "/html/body/h2[1]"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "iso-8859-1", "utf-16"])
def test_the_declared_charset_is_heeded(encoding: str) -> None:
    html = BOOK.replace("utf-8", encoding)
    assert "Café" in parse(html.encode(encoding), "book.html").text


def test_a_false_charset_does_no_harm() -> None:
    assert "Café" in parse(BOOK.replace("utf-8", "klingon"), "book.html").text


def test_html_under_another_name_is_known_by_its_content() -> None:
    assert titles(parse(BOOK, "book.txt", "text/plain")) == ["Chapter I", "Chapter II"]


def test_scripts_and_pictures_are_no_text() -> None:
    html = "<html><body><script>let a = '<p>no</p>'</script><p>Yes.</p><img alt=no></body></html>"
    assert parse(html, "book.html").text == "Yes."


def test_preformatted_text_keeps_its_lines() -> None:
    html = f"<html><body><p>{PROSE}</p><pre>one\n  two\n\nthree</pre></body></html>"
    assert parse(html, "b.html").text == PROSE + "\n\none\n  two\nthree"


def test_a_page_without_words_is_empty() -> None:
    with pytest.raises(EmptyBook):
        parse("<html><body><img src=x></body></html>", "book.html")


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 5_000 + "x",
        "<div>" * 500_000 + "x",
        "".join(f"<font size={n}>" for n in range(500)) + "<p>x" * 100_000,
    ],
)
def test_nesting_that_costs_the_square_of_its_size_is_refused(body: str) -> None:
    with pytest.raises(BrokenFile, match="nested"):
        parse("<html><body>" + body, "book.html")


def test_gutenberg_boilerplate_is_cut_off() -> None:
    html = (
        "<html><body><p>The Project Gutenberg eBook</p>"
        "<p>*** START OF THE PROJECT GUTENBERG EBOOK X ***</p>"
        f"<h2>Chapter 1</h2><p>{PROSE}</p><h2>Chapter 2</h2><p>{PROSE}</p>"
        "<p>*** END OF THE PROJECT GUTENBERG EBOOK X ***</p><h2>Licence</h2></body></html>"
    )
    book = parse(html, "book.html")
    assert book.text.startswith("Chapter 1")
    assert book.text.endswith(PROSE)
    assert titles(book) == ["Chapter 1", "Chapter 2"]
