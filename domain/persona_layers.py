"""At which places of a book personas are written for readers who have come so far."""

from domain.book import BookLayout, ChapterKind
from domain.frontier import Frontier


def layers_of(layout: BookLayout, count: int) -> tuple[Frontier, ...]:
    """At most `count` ends of body chapters, evenly spread; the end of the body is the last."""
    body = layout.body
    ends = [c.span.end for c in layout.chapters if c.kind is ChapterKind.BODY] or [body.end]
    wanted = [body.start + len(body) * n / count for n in range(1, count)]
    nearest = {min(ends, key=lambda end: abs(end - place)) for place in wanted}
    return tuple(Frontier(end) for end in sorted(nearest | {body.end}) if end <= body.end)
