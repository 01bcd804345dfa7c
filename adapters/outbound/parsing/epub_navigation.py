"""The table of contents of an EPUB: its navigation document, or the NCX of older ones."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from adapters.outbound.parsing.archive import Archive
from adapters.outbound.parsing.characters import clean, collapse
from adapters.outbound.parsing.epub_package import (
    Package,
    descendants,
    fragment_of,
    resolve,
)
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markup import parse_xml
from domain.errors import BrokenFile

_LONGEST_TITLE = 300


@dataclass(slots=True)
class NavigationPoint:
    title: str
    path: str  # of the spine item; "" for a heading that leads nowhere
    fragment: str
    children: list[NavigationPoint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Navigation:
    contents: tuple[NavigationPoint, ...] = ()
    landmarks: tuple[tuple[str, str], ...] = ()  # path and structural type
    warnings: tuple[str, ...] = ()


def read_navigation(package: Package, archive: Archive, limits: ParsingLimits) -> Navigation:
    """The better of the two tables; empty, with a warning, if what there is cannot be read."""
    warnings: list[str] = []
    navigation = Navigation()
    for path, read in ((package.navigation, _from_document), (package.ncx, _from_ncx)):
        if not path or navigation.contents:
            continue
        try:
            navigation = read(parse_xml(archive.read(path), limits, path), posixpath.dirname(path))
        except BrokenFile as error:
            warnings.append(f"The table of contents was passed over: {error.message}")
    return Navigation(navigation.contents, navigation.landmarks, tuple(warnings))


def _from_document(root: etree._Element, base: str) -> Navigation:
    navs = {_type(nav): nav for nav in reversed(list(descendants(root, "nav")))}
    toc = navs.get("toc")
    contents = list(_list_items(toc, base)) if toc is not None else []
    landmarks = navs.get("landmarks")
    places = descendants(landmarks, "a") if landmarks is not None else iter(())
    return Navigation(
        contents=tuple(contents),
        landmarks=tuple((resolve(base, a.get("href", "")), _type(a)) for a in places),
    )


def _type(element: etree._Element) -> str:
    """The first word of epub:type, or of the role that equals it."""
    types = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}type")), "")
    role = element.get("role", "").removeprefix("doc-")
    return next(iter(types.split() or role.split()), "")


def _list_items(element: etree._Element, base: str) -> Iterator[NavigationPoint]:
    ordered = next((c for c in element if _local(c) == "ol"), None)
    for item in ordered if ordered is not None else ():
        if _local(item) != "li":
            continue
        label = next((c for c in item if _local(c) in ("a", "span")), None)
        href = label.get("href", "") if label is not None else ""
        yield NavigationPoint(
            title=_words(label),
            path=resolve(base, href),
            fragment=fragment_of(href),
            children=list(_list_items(item, base)),
        )


def _from_ncx(root: etree._Element, base: str) -> Navigation:
    top = next(descendants(root, "navMap"), None)
    return Navigation(tuple(_points(top, base)) if top is not None else ())


def _points(element: etree._Element, base: str) -> Iterator[NavigationPoint]:
    for point in element:
        if _local(point) != "navPoint":
            continue
        content = next((c for c in point if _local(c) == "content"), None)
        source = content.get("src", "") if content is not None else ""
        yield NavigationPoint(
            title=_words(next((c for c in point if _local(c) == "navLabel"), None)),
            path=resolve(base, source),
            fragment=fragment_of(source),
            children=list(_points(point, base)),
        )


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _words(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = "".join(str(piece) for piece in element.itertext())
    return collapse(clean(text))[:_LONGEST_TITLE]
