from domain.book import ChapterKind
from tests.unit.parsing.books import PROSE, assert_sound, parse, text_of, titles
from tests.unit.parsing.epub_writer import Epub, item, nav_point, page


def test_chapters_follow_the_spine_and_the_navigation_document() -> None:
    book = parse(
        Epub(
            pages={
                "one.xhtml": page(f"<h2>I</h2><p>{PROSE}</p>"),
                "two.xhtml": page(f"<h2>II</h2><p>{PROSE}</p>"),
            },
            contents=item("I: The Rain", "one.xhtml") + item("II: The Clock", "two.xhtml"),
        ).write()
    )
    assert_sound(book)
    assert titles(book) == ["Chapter I: The Rain", "Chapter II: The Clock"]
    assert book.metadata.title == "A Test"
    assert book.metadata.author == "A. Tester"
    assert [c.heading.of(book.text) for c in book.chapters if c.heading] == ["I", "II"]


def test_the_spine_may_run_otherwise_than_the_files_are_named() -> None:
    book = parse(
        Epub(
            pages={"a.xhtml": page("<p>Last.</p>"), "b.xhtml": page("<p>First.</p>")},
            spine=["b.xhtml", "a.xhtml"],
        ).write()
    )
    assert book.text == "First.\n\nLast."


def test_several_chapters_in_one_file_begin_at_their_fragments() -> None:
    body = "".join(
        f'<h2 id="c{n}">CHAPTER {n}.</h2><p>{PROSE} Part {n}.</p><p>More of {n}.</p>'
        for n in (1, 2, 3)
    )
    contents = "".join(item(f"CHAPTER {n}.", f"all%20in%20one.xhtml#c{n}") for n in (1, 2, 3))
    book = parse(Epub(pages={"all in one.xhtml": page(body)}, contents=contents).write())
    assert_sound(book)
    assert titles(book) == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert "Part 2." in text_of(book, book.chapters[1])
    assert "Part 3." not in text_of(book, book.chapters[1])


def test_a_chapter_may_go_on_through_several_files() -> None:
    pages = {f"p{n}.xhtml": page(f"<p>{PROSE} Page {n}.</p>") for n in range(4)}
    contents = item("Chapter 1", "p0.xhtml") + item("Chapter 2", "p3.xhtml")
    book = parse(Epub(pages=pages, contents=contents).write())
    assert titles(book) == ["Chapter 1", "Chapter 2"]
    assert "Page 2." in text_of(book, book.chapters[0])


def test_parts_are_parents_of_their_chapters_and_their_pages_no_chapters() -> None:
    book = parse(
        Epub(
            pages={
                "part1.xhtml": page("<h1>Book the First</h1>"),
                "a.xhtml": page(f"<h2>I</h2><p>{PROSE}</p>"),
                "part2.xhtml": page("<h1>Book the Second</h1>"),
                "b.xhtml": page(f"<h2>I</h2><p>{PROSE}</p>"),
            },
            contents=item("Book the First", "part1.xhtml", item("I", "a.xhtml"))
            + item("Book the Second", "part2.xhtml", item("I", "b.xhtml")),
        ).write()
    )
    assert_sound(book)
    assert titles(book) == ["Chapter I", "Chapter I"]
    assert [c.parents for c in book.chapters] == [("Book the First",), ("Book the Second",)]
    assert text_of(book, book.chapters[1]).startswith("Book the Second\n\nI\n\n")


def test_a_flat_table_of_contents_still_tells_parts() -> None:
    names = ["Part One", "I", "II", "Part Two", "III", "Epilogue"]
    pages = {
        f"{n}.xhtml": page(f"<h2>{name}</h2>" + ("" if "Part" in name else f"<p>{PROSE}</p>"))
        for n, name in enumerate(names)
    }
    contents = "".join(item(name, f"{n}.xhtml") for n, name in enumerate(names))
    book = parse(Epub(pages=pages, contents=contents).write())
    assert [(c.title, c.parents) for c in book.chapters] == [
        ("Chapter I", ("Part One",)),
        ("Chapter II", ("Part One",)),
        ("Chapter III", ("Part Two",)),
        ("Epilogue", ()),
    ]


def test_sections_of_a_chapter_are_no_chapters() -> None:
    body = (
        f'<h2 id="c1">Chapter 1</h2><p>{PROSE * 5}</p><h3 id="s1">The Letter</h3><p>{PROSE}</p>'
        f'<h2 id="c2">Chapter 2</h2><p>{PROSE}</p>'
    )
    contents = item("Chapter 1", "x.xhtml#c1", item("The Letter", "x.xhtml#s1"))
    contents += item("Chapter 2", "x.xhtml#c2")
    book = parse(Epub(pages={"x.xhtml": page(body)}, contents=contents).write())
    assert titles(book) == ["Chapter 1", "Chapter 2"]


def test_an_old_book_is_read_by_its_ncx() -> None:
    book = parse(
        Epub(
            pages={n: page(f"<p>{PROSE}</p>") for n in ("a.xhtml", "b.xhtml", "c.xhtml")},
            nav_map=nav_point(
                "PART ONE", "a.xhtml", nav_point("One", "a.xhtml") + nav_point("Two", "b.xhtml")
            )
            + nav_point("PART TWO", "c.xhtml", nav_point("Three", "c.xhtml")),
        ).write()
    )
    assert [(c.title, c.parents) for c in book.chapters] == [
        ("One", ("Part One",)),
        ("Two", ("Part One",)),
        ("Three", ("Part Two",)),
    ]


def test_without_a_table_of_contents_headings_tell_the_chapters() -> None:
    book = parse(
        Epub(
            pages={
                "a.xhtml": page(f"<h1>CHAPTER I.</h1><h2>THE RAIN</h2><p>{PROSE}</p>"),
                "b.xhtml": page(f"<h1>CHAPTER II.</h1><h2>THE CLOCK</h2><p>{PROSE}</p>"),
            }
        ).write()
    )
    assert titles(book) == ["Chapter I: The Rain", "Chapter II: The Clock"]


def test_front_and_back_matter_are_told_apart_from_the_story() -> None:
    pages = {
        "title.xhtml": page("<h1>A Test</h1><p>by A. Tester</p>", "frontmatter"),
        "dedication.xhtml": page("<p>For nobody.</p>"),
        "preface.xhtml": page(f"<h2>Preface</h2><p>{PROSE}</p>"),
        "one.xhtml": page(f"<h2>The Rain</h2><p>{PROSE}</p>", "bodymatter"),
        "two.xhtml": page(f"<h2>The Clock</h2><p>{PROSE}</p>", "bodymatter"),
        "notes.xhtml": page(f"<h2>Endnotes</h2><p>{PROSE}</p>"),
        "colophon.xhtml": page("<h2>Colophon</h2><p>Set in type.</p>", "backmatter"),
    }
    listed = ["title", "dedication", "preface", "one", "two", "notes"]
    names = ["Titlepage", "Dedication", "Preface", "The Rain", "The Clock", "Endnotes"]
    contents = "".join(item(t, f"{n}.xhtml") for n, t in zip(listed, names, strict=True))
    book = parse(Epub(pages=pages, contents=contents).write())
    assert_sound(book)
    assert titles(book, ChapterKind.FRONT) == ["Titlepage", "Dedication", "Preface"]
    assert titles(book) == ["The Rain", "The Clock"]
    assert titles(book, ChapterKind.BACK) == ["Endnotes", "Colophon"]


def test_a_title_page_listed_as_a_chapter_is_front_matter() -> None:
    body = "<h1 id='t'>A TEST</h1><p>by A. Tester</p>" + "".join(
        f'<h2 id="c{n}">CHAPTER {n}.</h2><p>{PROSE}</p>' for n in (1, 2)
    )
    contents = nav_point("A TEST", "a.xhtml#t")
    contents += "".join(nav_point(f"CHAPTER {n}.", f"a.xhtml#c{n}") for n in (1, 2))
    book = parse(Epub(pages={"a.xhtml": page(body)}, nav_map=contents).write())
    assert titles(book, ChapterKind.FRONT) == ["A Test"]
    assert titles(book) == ["Chapter 1", "Chapter 2"]


def test_landmarks_and_guide_tell_matter_that_titles_do_not() -> None:
    pages = {n: page(f"<p>{PROSE}</p>") for n in ("x.xhtml", "a.xhtml", "b.xhtml")}
    contents = item("To my wife", "x.xhtml") + item("One", "a.xhtml") + item("Two", "b.xhtml")
    guide = '<reference type="dedication" href="text/x.xhtml"/>'
    book = parse(Epub(pages=pages, contents=contents, guide=guide).write())
    assert titles(book, ChapterKind.FRONT) == ["To my wife"]


def test_inline_elements_join_and_blocks_part() -> None:
    body = (
        '<p><span class="dropcap">T</span><small>HE</small> rain\n\t\t\tfell '
        "<em>hard</em>—very<i>!</i></p>"
        "<blockquote><p>First line<br/>\n  second line</p></blockquote>"
        "<ul><li>one</li><li>two</li></ul>"
        "<table><tr><td>a</td><td>b</td></tr></table>"
        "<div>Loose <div>and nested</div> and on</div>"
    )
    book = parse(Epub(pages={"a.xhtml": page(body)}).write())
    assert book.text.split("\n\n") == [
        "THE rain fell hard—very!",
        "First line\nsecond line",
        "one",
        "two",
        "a b",
        "Loose",
        "and nested",
        "and on",
    ]


def test_what_no_reader_sees_is_left_out() -> None:
    body = (
        '<p>Seen<a epub:type="noteref" href="n.xhtml#n1">1</a>, <sup><a href="#n2">2</a></sup>'
        '<a href="#n3">[3]</a> and <a href="#x">a link</a>.</p>'
        '<script>alert("no")</script><style>p {}</style><p hidden="hidden">hidden</p>'
        '<p style="display: none">also hidden</p><img src="x.png" alt="a picture"/>'
        '<span class="pagenum">[Pg 12]</span><span epub:type="pagebreak">13</span>'
    )
    book = parse(Epub(pages={"a.xhtml": page(body)}).write())
    assert book.text == "Seen, and a link."


def test_heading_groups_are_one_heading() -> None:
    body = f"<hgroup><h2>IV</h2><p>Mr. Bounderby</p></hgroup><p>{PROSE}</p>"
    other = f"<hgroup><h2>V</h2><p>The Keynote</p></hgroup><p>{PROSE}</p>"
    book = parse(Epub(pages={"a.xhtml": page(body), "b.xhtml": page(other)}).write())
    assert titles(book) == ["Chapter IV: Mr. Bounderby", "Chapter V: The Keynote"]
    assert book.chapters[0].heading
    assert book.chapters[0].heading.of(book.text) == "IV\nMr. Bounderby"


def test_every_stretch_of_text_is_traced_to_its_text_node() -> None:
    pages = {
        "a.xhtml": page("<section><p>One.</p><p>Two <em>words</em>.</p></section>"),
        "b.xhtml": page("<div><p>Three.</p></div>"),
    }
    book = parse(Epub(pages=pages).write())
    assert [(book.text[a.offset :][:3], a.item, a.item_index, a.path) for a in book.anchors] == [
        ("One", "OEBPS/text/a.xhtml", 0, "/6/2!/4/2/2/1:0+4"),
        ("Two", "OEBPS/text/a.xhtml", 0, "/6/2!/4/2/4/1:0+4"),
        ("wor", "OEBPS/text/a.xhtml", 0, "/6/2!/4/2/4/2/1:0+5"),
        (".\n\n", "OEBPS/text/a.xhtml", 0, "/6/2!/4/2/4/3:0+1"),
        ("Thr", "OEBPS/text/b.xhtml", 1, "/6/4!/4/2/2/1:0+6"),
    ]


def test_an_anchor_at_the_end_of_a_paragraph_belongs_to_the_next() -> None:
    body = (
        f'<h2>One</h2><p>{PROSE}<a id="two"></a></p><h2>Two</h2><p>{PROSE}</p>'
        f'<p>Here <a id="mid"></a>begins nothing.</p>'
    )
    contents = item("One", "a.xhtml") + item("Two", "a.xhtml#two")
    book = parse(Epub(pages={"a.xhtml": page(body)}, contents=contents).write())
    assert text_of(book, book.chapters[1]).startswith("Two\n\n")


def test_pages_that_are_not_well_formed_are_read_all_the_same() -> None:
    broken = '<html><head><title/></head><body><p>One &nbsp;<b>two</p><a id="x"/><p>three</body>'
    book = parse(Epub(pages={"a.xhtml": broken}).write())
    assert book.text == "One two\n\nthree"


def test_named_entities_of_html_are_characters() -> None:
    book = parse(
        Epub(pages={"a.xhtml": page("<p>caf&eacute;&mdash;&ldquo;yes&rdquo;</p>")}).write()
    )
    assert book.text == "café—“yes”"


def test_invisible_characters_are_taken_out() -> None:
    body = page(
        "<p>a\u2060—b\u00ad c\u200bd “\u200a‘x’\u200a” Mr.\u00a0Orde \U000e0041می\u200cشود</p>"
    )
    book = parse(Epub(pages={"a.xhtml": body}).write())
    assert book.text == "a—b cd “‘x’” Mr. Orde می\u200cشود"


def test_a_declared_language_stays_and_a_plainly_false_one_gives_way() -> None:
    german = "<p>Der Regen hatte seit Dienstag nicht aufgehört, und niemand sprach davon.</p>" * 40
    pages = {"a.xhtml": page(f"<p>{PROSE * 20}</p>")}
    assert parse(Epub(pages=pages, language="en-GB").write()).metadata.language == "en-GB"
    wrong = Epub(pages={"a.xhtml": page(german)}, language="en")
    assert parse(wrong.write()).metadata.language == "de"
