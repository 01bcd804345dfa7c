"""Markup read without danger: XML by lxml, HTML by Lexbor; both told as one stream of events.

No entity is resolved, no DTD loaded, no address asked: an external entity, a "billion laughs" or
a quadratic blow-up is refused as soon as its declaration is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.entities import html5
from typing import Any

from lxml import etree
from selectolax.lexbor import LexborHTMLParser, LexborNode

from adapters.outbound.parsing.encodings import decode
from adapters.outbound.parsing.limits import ParsingLimits
from domain.errors import BrokenFile

_MAX_DEPTH = 256
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset([b"amp", b"lt", b"gt", b"quot", b"apos"])
_SELF_CLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)"
    r"([A-Za-z][\w:-]*)((?:\s[^<>]*)?)/>"
)

_TAG = re.compile(rb"<(/?)([A-Za-z][^\s/<>]*)")
# Void elements, and those that the next of their kind closes.
_NEVER_NESTED = frozenset(
    b"area base br col dd dt embed hr img input li link meta p source td th tr track wbr".split()
)
_MEAN_DEPTH = 5  # of as many elements as a document may have


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins. Attribute and element names are local: "type" for "epub:type"."""

    tag: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    tag: str


Event = Start | End | str  # a string is text


def parse_xml(document: bytes, limits: ParsingLimits, name: str) -> etree._Element:
    """The root of a well-formed XML document. Raises BrokenFile, FileTooLarge."""
    limits.check_markup(document)
    if b"<!ENTITY" in document:
        raise BrokenFile(f"The part {name!r} declares entities of its own, which books need not.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise BrokenFile(
            f"The part {name!r} is not well-formed XML; get the file again."
        ) from error
    if _declares_entities(root):
        raise BrokenFile(f"The part {name!r} declares entities of its own, which books need not.")
    return root


def _declares_entities(root: etree._Element) -> bool:
    """Also of a document in an encoding in which the search for bytes finds nothing."""
    dtd: Any = root.getroottree().docinfo.internalDTD
    return dtd is not None and any(True for _ in dtd.iterentities())


def read_xhtml(document: bytes, limits: ParsingLimits, name: str) -> list[Event]:
    """Events of an XHTML document; one that is not well-formed is read as browsers read it."""
    try:
        root = parse_xml(_ENTITY.sub(_as_character, document), limits, name)
    except BrokenFile as error:
        if b"<!ENTITY" in document or not isinstance(error.__cause__, etree.XMLSyntaxError):
            raise
        opened = _SELF_CLOSED.sub(r"<\1\2></\1>", decode(document))
        return list(read_html(opened, limits))
    return list(_xml_events(root))


def _as_character(match: re.Match[bytes]) -> bytes:
    """XML knows five named entities; the rest of HTML's need the DTD that is not loaded."""
    name = match[1]
    if name in _OF_XML:
        return match[0]
    text = html5.get(name.decode("ascii") + ";", "")
    return "".join(f"&#{ord(letter)};" for letter in text).encode("ascii") or match[0]


def _xml_events(root: etree._Element) -> Iterator[Event]:
    for action, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if action == "start":
            attributes = {_local(k): str(v) for k, v in element.attrib.items()}
            yield Start(_local(element.tag), attributes)
            if element.text:
                yield element.text
            continue
        if action == "end":
            yield End(_local(element.tag))
        if element.tail and element is not root:
            yield element.tail


def _local(name: object) -> str:
    return str(name).rpartition("}")[2].lower()


def read_html(document: str, limits: ParsingLimits) -> Iterator[Event]:
    """Events of an HTML document, however untidy. Raises BrokenFile, FileTooLarge."""
    encoded = document.encode("utf-8", errors="replace")
    limits.check_markup(encoded)
    _check_nesting(encoded, limits)
    tree = LexborHTMLParser(encoded)
    node: LexborNode | None = tree.root
    depth = 0
    while node is not None:
        if node.is_text_node:
            yield node.text_content or ""
        elif node.is_element_node:
            yield Start(_bare(node.tag), {_bare(k): v or "" for k, v in node.attributes.items()})
            if node.first_child is not None:
                node = node.first_child
                depth += 1
                if depth > _MAX_DEPTH:
                    raise BrokenFile("The file's elements are nested too deeply to be a book's.")
                continue
            yield End(_bare(node.tag))
        while node is not None and node.next is None:
            node = node.parent
            depth -= 1
            if node is None or not node.is_element_node:
                return
            yield End(_bare(node.tag))
        node = node.next if node is not None else None


def _check_nesting(document: bytes, limits: ParsingLimits) -> None:
    """Refuses what costs an HTML parser the square of its size.

    By the standard it looks up through the open elements at each tag, and opens those of emphasis
    again in each paragraph; so the sum of the depths bounds both its time and its tree.
    """
    depth = total = 0
    for closing, name in _TAG.findall(document):
        if name.lower() in _NEVER_NESTED:
            pass
        elif closing:
            depth = max(0, depth - 1)
        else:
            depth += 1
        total += depth
    if total > _MEAN_DEPTH * limits.max_elements:
        raise BrokenFile("The file's elements are nested too deeply to be a book's.")


def _bare(name: str | None) -> str:
    return (name or "").rpartition(":")[2].lower()
