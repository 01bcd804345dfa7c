"""The names by which a text calls somebody, as they are shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from domain.cast import Alias


def as_shown(written: str) -> str:
    """The name on one line and not in capitals."""
    words = written.split()
    return " ".join(w.capitalize() if w.isupper() and len(w) > 2 else w for w in words)


def aliases_of(
    called: Iterable[tuple[str, int]], tied_from: Callable[[str], int] = lambda name: 0
) -> list[Alias]:
    """The commonest first. `called`: each mention by a name, as it is written, with its end.
    `tied_from`: where the text tells whose the name is, if it is not so from the start.

    A name is known from where the text has it as it is shown: who was told that PETER BREAKS
    THROUGH, in capitals over the first chapter, has not been told of a Peter yet.
    """
    ends: dict[str, list[int]] = defaultdict(list)
    as_they_are: dict[str, list[int]] = defaultdict(list)
    for written, end in called:
        name = as_shown(written)
        ends[name].append(end)
        if name == " ".join(written.split()):
            as_they_are[name].append(end)
    found = [
        Alias(name, max(min(as_they_are.get(name, of)), tied_from(name)), len(of))
        for name, of in ends.items()
    ]
    return sorted(found, key=lambda alias: (-alias.count, alias.known_from))
