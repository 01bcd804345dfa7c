"""A reader of EPUB CFIs that shares nothing with the project's own: by the specification alone,
https://idpf.org/epub/linking/cfi/, over the XML of the publication."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import name2codepoint
from urllib.parse import unquote
from xml.etree import ElementTree as ET

Node = tuple[ET.Element, int]  # an element and the number of one of its texts, from 0

_UNREAD_CLASSES = {"pagenum"}
_UNREAD_TYPES = {"noteref", "pagebreak", "backlink"}
_TYPE = "{http://www.idpf.org/2007/ops}type"


@dataclass
class Publication:
    data: bytes

    def __post_init__(self) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(self.data))
        container = ET.fromstring(self.archive.read("META-INF/container.xml"))
        (rootfile,) = (e for e in container.iter() if e.tag.endswith("}rootfile"))
        self.package_path = rootfile.attrib["full-path"]
        self.package = ET.fromstring(self.archive.read(self.package_path))
        self._documents: dict[str, ET.Element] = {}

    def text(self, cfi: str) -> str:
        """What a range holds, as it stands in the markup."""
        match = re.fullmatch(r"epubcfi\(([^,]*),([^,]*),([^,]*)\)", cfi)
        assert match, cfi
        root, start, unit = self.point(match[1] + match[2])
        other, end, last = self.point(match[1] + match[3])
        assert root is other, "a range over several documents"
        return "".join(_between(root, start, unit, end, last))

    def point(self, path: str) -> tuple[ET.Element, Node, int]:
        """The document, the text, and the place in it."""
        to_item, _, inside = path.partition("!")
        reference = _walk(self.package, _numbers(to_item))
        assert reference.tag.endswith("}itemref")
        steps, _, unit = inside.partition(":")
        root = self.document(reference.attrib["idref"])
        *elements, last = _numbers(steps)
        assert last % 2 == 1, "a character stands in a text"
        element = _walk(root, elements)
        units = _text(element, last // 2).encode("utf-16-le")
        assert 2 * int(unit) <= len(units)
        return root, (element, last // 2), int(unit)

    def document(self, idref: str) -> ET.Element:
        (item,) = (e for e in self.package.iter() if e.get("id") == idref)
        folder = posixpath.dirname(self.package_path)
        path = posixpath.normpath(posixpath.join(folder, unquote(item.attrib["href"])))
        if path not in self._documents:
            written = self.archive.read(path).decode("utf-8")
            self._documents[path] = ET.fromstring(re.sub(r"&(\w+);", _character, written))
        return self._documents[path]


def _character(match: re.Match[str]) -> str:
    code = name2codepoint.get(match[1])
    kept = match[1] in ("amp", "lt", "gt", "quot", "apos") or code is None
    return match[0] if kept else f"&#{code};"


def _numbers(steps: str) -> list[int]:
    return [int(re.sub(r"\[.*?\]", "", step)) for step in steps.split("/")[1:]]


def _walk(element: ET.Element, steps: list[int]) -> ET.Element:
    for step in steps:
        assert step % 2 == 0, "only elements hold more"
        element = list(element)[step // 2 - 1]
    return element


def _text(element: ET.Element, number: int) -> str:
    """Between two of its elements."""
    return (element.text if number == 0 else list(element)[number - 1].tail) or ""


def _between(root: ET.Element, start: Node, unit: int, end: Node, last: int) -> Iterator[str]:
    is_inside = False
    for node, is_read in _texts(root):
        units = _text(*node).encode("utf-16-le")
        first = 2 * unit if node == start else 0
        is_inside = is_inside or node == start
        beyond = 2 * last if node == end else len(units)
        if is_inside and is_read:
            yield units[first:beyond].decode("utf-16-le")
        if node == end:
            assert is_inside, "it runs backward"
            return
    raise AssertionError("it ends nowhere")


def _texts(element: ET.Element, is_read: bool = True) -> Iterator[tuple[Node, bool]]:
    yield (element, 0), is_read
    for number, child in enumerate(element, start=1):
        yield from _texts(child, is_read and not _is_unread(child))
        yield (element, number), is_read


def _is_unread(element: ET.Element) -> bool:
    types = set(element.get(_TYPE, "").split())
    classes = set(element.get("class", "").split())
    is_note = element.tag.endswith("}a") and re.fullmatch(
        r"\s*[\[(]?\d+[\])]?\s*", "".join(element.itertext())
    )
    is_hidden = "hidden" in element.attrib or element.tag.endswith(("}script", "}style", "}rt"))
    return bool(types & _UNREAD_TYPES or classes & _UNREAD_CLASSES or is_note or is_hidden)
