"""Books of a few words, for tests of the order."""

from hypothesis import strategies as st

from domain.book_terms import BookTerms
from domain.passage import Passage
from domain.span import Span

WORDS = st.sampled_from(
    ["lamp", "keeper", "storm", "stairs", "village", "letter", "harbour", "boat"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=12)


def passages_of(texts: list[str], chapter_length: int = 4) -> list[Passage]:
    """Each 100 code points long, so that frontiers are easy to count."""
    return [
        Passage(n, Span(100 * n, 100 * n + 100), n // chapter_length, text)
        for n, text in enumerate(texts)
    ]


def book_of(*texts: str, chapter_length: int = 4) -> BookTerms:
    return BookTerms(passages_of(list(texts), chapter_length))
