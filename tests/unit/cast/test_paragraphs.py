from adapters.outbound.cast.paragraphs import paragraphs
from domain.span import Span


def test_blank_lines_part_paragraphs_and_single_breaks_do_not() -> None:
    text = "One line\nand its end.\n\n  Two.  \n \n\nThree."
    assert [p.of(text) for p in paragraphs(text)] == ["One line\nand its end.", "Two.", "Three."]


def test_where_there_are_no_blank_lines_each_line_is_a_paragraph() -> None:
    text = "\n".join(f"Line {n}." for n in range(60))
    assert len(paragraphs(text)) == 60


def test_only_the_region_asked_for_is_read_and_headings_are_passed_over() -> None:
    text = "Front.\n\nCHAPTER I\n\nBody.\n\nBack."
    heading = Span(text.index("CHAPTER"), text.index("CHAPTER") + 9)
    region = Span(heading.start, text.index("Back"))
    assert [p.of(text) for p in paragraphs(text, region, [heading])] == ["Body."]


def test_a_text_of_white_space_has_no_paragraph() -> None:
    assert paragraphs(" \n\n \t\n") == []
