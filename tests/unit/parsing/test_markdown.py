from domain.book import ChapterKind
from tests.unit.parsing.books import PROSE, assert_sound, parse, text_of, titles

STORY = f"""# Hard Weather

by Ann Orde

## Chapter 1: The Rain

{PROSE}
It *went* on — and **on**, [they said](http://example.org/x "t").

> A quoted
> letter.

## Chapter 2: The Clock

{PROSE}

* * *

First line\\
second line
"""


def test_a_story_with_title_author_and_chapters() -> None:
    book = parse(STORY, "story.md")
    assert_sound(book)
    assert (book.metadata.title, book.metadata.author) == ("Hard Weather", "Ann Orde")
    assert titles(book) == ["Chapter 1: The Rain", "Chapter 2: The Clock"]
    assert book.chapters[0].kind is ChapterKind.FRONT
    assert "It went on — and on, they said." in text_of(book, book.chapters[1])
    assert "\n\nA quoted letter.\n\n" in text_of(book, book.chapters[1])
    assert book.text.endswith("First line\nsecond line")


def test_setext_headings_are_headings() -> None:
    text = f"Hard Weather\n============\n\nOne\n---\n\n{PROSE}\n\nTwo\n---\n\n{PROSE}\n"
    book = parse(text, "story.markdown")
    assert book.metadata.title == "Hard Weather"
    assert titles(book) == ["One", "Two"]


def test_headings_of_one_level_are_all_chapters() -> None:
    book = parse(f"# One\n\n{PROSE}\n\n# Two\n\n{PROSE}\n", "story.md")
    assert titles(book) == ["One", "Two"]
    assert book.metadata.title == ""


def test_parts_hold_chapters() -> None:
    text = f"# T\n\n## Part One\n\n### 1\n\n{PROSE}\n\n### 2\n\n{PROSE}\n\n"
    text += f"## Part Two\n\n### 3\n\n{PROSE}\n"
    book = parse(text, "story.md")
    assert [(c.title, c.parents) for c in book.chapters if c.number] == [
        ("Chapter 1", ("Part One",)),
        ("Chapter 2", ("Part One",)),
        ("Chapter 3", ("Part Two",)),
    ]


def test_markdown_under_another_name_is_known_by_its_headings() -> None:
    assert titles(parse(STORY, "story.txt")) == ["Chapter 1: The Rain", "Chapter 2: The Clock"]


def test_a_block_of_fields_at_the_top_is_metadata() -> None:
    front = '---\ntitle: "Hard Weather"\nauthor: Ann Orde\nlang: en-GB\n---\n\n'
    book = parse(f"{front}{PROSE}\n", "story.md")
    assert book.metadata.title == "Hard Weather"
    assert book.metadata.author == "Ann Orde"
    assert book.metadata.language == "en-GB"
    assert book.text == PROSE


def test_pictures_and_markup_are_no_text() -> None:
    text = f"{PROSE}\n\n![a canary](http://example.org/x.png)\n\n<script>alert(1)</script>\n\n"
    text += "<p>In <b>HTML</b></p>\n\na<br>b <img src=x onerror=y>c\n"
    assert parse(text, "story.md").text == f"{PROSE}\n\nIn HTML\n\na\nb c"


def test_tables_are_read_by_rows_and_indented_lines_as_verse() -> None:
    text = "| a | b |\n|---|---|\n| c | d |\n\n    An indented line\n\n```\nfenced\n```\n"
    assert parse(text, "story.md").text == "a b\n\nc d\n\nAn indented line\n\nfenced"


def test_markdown_without_headings_still_has_chapters_by_their_look() -> None:
    text = f"CHAPTER I\n\n{PROSE}\n\nCHAPTER II\n\n{PROSE}\n"
    assert titles(parse(text, "story.md")) == ["Chapter I", "Chapter II"]
