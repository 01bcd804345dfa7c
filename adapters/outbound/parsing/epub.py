"""EPUB 2 and 3: the spine read in order, chapters from the table of contents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.outbound.parsing.archive import Archive
from adapters.outbound.parsing.blocks import Block, Entry
from adapters.outbound.parsing.builder import build_from_blocks
from adapters.outbound.parsing.epub_navigation import (
    Navigation,
    NavigationPoint,
    read_navigation,
)
from adapters.outbound.parsing.epub_package import Package, read_package
from adapters.outbound.parsing.flow import Flow, read_flow
from adapters.outbound.parsing.limits import Deadline, ParsingLimits
from adapters.outbound.parsing.markup import Start, read_xhtml
from adapters.outbound.parsing.matter import is_matter
from domain.book import ParsedBook
from domain.errors import BrokenFile, EmptyBook

_GUIDE_TYPES = {
    "title-page": "titlepage",
    "acknowledgements": "acknowledgments",
    "notes": "endnotes",
    "copyright": "copyright-page",
}
# These say where reading starts, not what the place is.
_STARTING_POINTS = frozenset(["text", "bodymatter", "start"])


def parse_epub(data: bytes, limits: ParsingLimits) -> ParsedBook:
    """Raises BrokenFile, EncryptedFile, EmptyBook, FileTooLarge, WorkerCrashed."""
    archive = Archive(data, limits)
    package = read_package(archive, limits)
    navigation = read_navigation(package, archive, limits)
    spine = _Spine(package, navigation, archive, limits)
    if not spine.blocks:
        raise EmptyBook("The EPUB holds pictures but no text; books are read by their text.")
    contents = spine.entries(navigation.contents)
    return build_from_blocks(
        spine.blocks,
        package.metadata,
        limits,
        contents=[*contents, *spine.unlisted_matter(contents)],
        warnings=navigation.warnings,
    )


class _Spine:
    """The blocks of all spine items, and where in them a reference leads."""

    def __init__(
        self, package: Package, navigation: Navigation, archive: Archive, limits: ParsingLimits
    ) -> None:
        self.blocks: list[Block] = []
        self._places: dict[str, tuple[int, Flow]] = {}  # of an item: its first block, its flow
        self._landmarks = _types_by_path(package, navigation)
        deadline = Deadline(limits.seconds)
        listed = {point.path for point in _all_points(navigation.contents)}
        for index, item in enumerate(package.spine):
            deadline.check()
            if item.path == package.navigation or not (item.is_linear or item.path in listed):
                continue  # the table of contents is for finding the way; asides have no place
            events = read_xhtml(archive.read(item.path), limits, item.path)
            if not any(isinstance(e, Start) and e.tag == "html" for e in events[:1]):
                raise BrokenFile(f"The part {item.path!r} of the EPUB is no page; export it again.")
            flow = read_flow(events, item.path, index, item.cfi)
            self._places[item.path] = (len(self.blocks), flow)
            self.blocks += flow.blocks
            limits.check_text_length(sum(len(b.text) for b in flow.blocks))

    def entries(self, points: Sequence[NavigationPoint]) -> list[Entry]:
        """The entries that lead to a block. What lies under one that does not is kept."""
        entries: list[Entry] = []
        for point in points:
            children = self.entries(point.children)
            block = self._find(point)
            if block is None and children and point.title:
                block = children[0].block  # a part that has a name, but no page
            if block is None or not point.title:
                entries += children
            else:
                types = self.blocks[block].types | self._landmarks.get(point.path, frozenset())
                entries.append(Entry(point.title, block, children, types))
        return entries

    def unlisted_matter(self, contents: Sequence[Entry]) -> list[Entry]:
        """Front and back matter that the table of contents leaves out.

        Without an entry of its own, what follows the last chapter would be taken for its end.
        """
        if not contents:
            return []
        listed = {entry.block for entry in _all_entries(contents)}
        extra = []
        for path, (first, flow) in self._places.items():
            if first in listed or not flow.blocks:
                continue
            types = flow.blocks[0].types | self._landmarks.get(path, frozenset())
            title = next((b.text for b in flow.blocks[:3] if b.level), "")
            if is_matter(title, types):
                extra.append(Entry(title or "Front matter", first, types=types))
        return extra

    def _find(self, point: NavigationPoint) -> int | None:
        place = self._places.get(point.path)
        if place is None:
            return None
        first, flow = place
        block = first + flow.ids.get(point.fragment, 0)
        return block if block < len(self.blocks) else None


def _types_by_path(package: Package, navigation: Navigation) -> dict[str, frozenset[str]]:
    types: dict[str, frozenset[str]] = {}
    for path, name in (*package.guide, *navigation.landmarks):
        kind = _GUIDE_TYPES.get(name, name)
        if kind not in _STARTING_POINTS:
            types[path] = types.get(path, frozenset()) | {kind}
    return types


def _all_points(points: Sequence[NavigationPoint]) -> Iterator[NavigationPoint]:
    for point in points:
        yield point
        yield from _all_points(point.children)


def _all_entries(entries: Sequence[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        yield from _all_entries(entry.children)
