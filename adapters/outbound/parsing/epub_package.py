"""What an EPUB says of itself: its package document, found through its container."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree

from adapters.outbound.parsing.archive import Archive
from adapters.outbound.parsing.characters import clean, collapse
from adapters.outbound.parsing.flow import read_flow
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markup import parse_xml, read_html
from domain.book import BookMetadata
from domain.errors import BrokenFile, EncryptedFile

CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# Fonts are often obfuscated, which hides no text.
_FONT_OBFUSCATION = frozenset(
    ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]
)
_NCX = "application/x-dtbncx+xml"
_TEXT_TYPES = frozenset(
    ["application/xhtml+xml", "text/html", "application/xml", "text/xml", "text/x-oeb1-document"]
)
_LONGEST_FIELD = 300
_LONGEST_DESCRIPTION = 4_000


@dataclass(frozen=True, slots=True)
class ManifestItem:
    path: str
    media_type: str
    properties: frozenset[str]

    @property
    def is_text(self) -> bool:
        return self.media_type.lower() in _TEXT_TYPES


@dataclass(frozen=True, slots=True)
class SpineItem:
    path: str
    is_linear: bool
    cfi: str = ""  # the steps that lead to it from the package document: "/6/14!"


@dataclass(frozen=True, slots=True)
class Package:
    metadata: BookMetadata
    spine: tuple[SpineItem, ...]
    navigation: str = ""  # path of the navigation document (EPUB 3)
    ncx: str = ""  # path of the NCX (EPUB 2)
    guide: tuple[tuple[str, str], ...] = ()  # path and structural type


def read_package(archive: Archive, limits: ParsingLimits) -> Package:
    """Raises BrokenFile, EncryptedFile, FileTooLarge."""
    refuse_protection(archive, limits)
    path = _package_path(archive, limits)
    root = parse_xml(archive.read(path), limits, path)
    base = posixpath.dirname(path)
    manifest = {
        item.get("id", ""): ManifestItem(
            path=resolve(base, item.get("href", "")),
            media_type=item.get("media-type", ""),
            properties=frozenset(item.get("properties", "").split()),
        )
        for item in descendants(root, "item")
    }
    return Package(
        metadata=_metadata(root, limits),
        spine=_spine(root, manifest, archive),
        navigation=next((i.path for i in manifest.values() if "nav" in i.properties), ""),
        ncx=next((i.path for i in manifest.values() if i.media_type == _NCX), ""),
        guide=tuple(
            (resolve(base, reference.get("href", "")), reference.get("type", ""))
            for reference in descendants(root, "reference")
        ),
    )


def descendants(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """Elements of a local name, in any namespace: producers forget them."""
    yield from root.iter(f"{{*}}{name}")


def resolve(base: str, href: str) -> str:
    """The archive path of a reference, without its fragment; "" for one that leads elsewhere."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not parts.path:
        return ""
    path = posixpath.normpath(posixpath.join(base, unquote(parts.path)))
    return "" if path.startswith(("/", "../")) or path == ".." else path


def fragment_of(href: str) -> str:
    return unquote(href.partition("#")[2])


def refuse_protection(archive: Archive, limits: ParsingLimits) -> None:
    """Raises EncryptedFile if anything but fonts is locked."""
    if _ENCRYPTION not in archive:
        return
    root = parse_xml(archive.read(_ENCRYPTION), limits, _ENCRYPTION)
    methods = {m.get("Algorithm", "") for m in descendants(root, "EncryptionMethod")}
    if methods - _FONT_OBFUSCATION:
        raise EncryptedFile(
            "The EPUB is locked by copy protection (DRM), so its text cannot be read; "
            "give a copy without it."
        )


def _package_path(archive: Archive, limits: ParsingLimits) -> str:
    if CONTAINER not in archive:
        raise BrokenFile(f"The EPUB lacks its {CONTAINER}; export or download it again.")
    root = parse_xml(archive.read(CONTAINER), limits, CONTAINER)
    # Of several renditions the first is the default one.
    paths = [resolve("", r.get("full-path", "")) for r in descendants(root, "rootfile")]
    if not paths or not paths[0]:
        raise BrokenFile("The EPUB does not say where its contents are; export it again.")
    return paths[0]


def _spine(
    root: etree._Element, manifest: dict[str, ManifestItem], archive: Archive
) -> tuple[SpineItem, ...]:
    items: dict[str, SpineItem] = {}
    for reference in descendants(root, "itemref"):
        item = manifest.get(reference.get("idref", ""))
        if item is None or item.path not in archive:
            missing = item.path if item else reference.get("idref", "")
            raise BrokenFile(f"The EPUB lacks a part that it names, {missing!r}; get it again.")
        if item.is_text:
            is_linear = reference.get("linear", "yes") != "no"
            items.setdefault(item.path, SpineItem(item.path, is_linear, _cfi(reference)))
    if not items:
        raise BrokenFile("The EPUB names no text to read; export it again.")
    return tuple(items.values())


def _cfi(reference: etree._Element) -> str:
    """Its place among elements alone, and its parent's, down from the root."""
    steps = []
    element = reference
    while (parent := element.getparent()) is not None:
        before = sum(isinstance(e.tag, str) for e in element.itersiblings(preceding=True))
        steps.append(f"/{2 * (before + 1)}")
        element = parent
    return "".join(reversed(steps)) + "!"


def _metadata(root: etree._Element, limits: ParsingLimits) -> BookMetadata:
    refinements: dict[tuple[str, str], str] = {}
    for meta in descendants(root, "meta"):
        key = (meta.get("refines", "").lstrip("#"), meta.get("property", ""))
        refinements[key] = (meta.text or "").strip()
    titles = list(_dublin_core(root, "title"))
    main = [t for t in titles if refinements.get((t.get("id", ""), "title-type")) == "main"]
    authors = [
        _words(c) for c in _dublin_core(root, "creator") if _role(c, refinements) in ("aut", "")
    ]
    description = next((_all_text(d) for d in _dublin_core(root, "description")), "")
    blocks = read_flow(read_html(description, limits)).blocks
    return BookMetadata(
        title=next((_words(t) for t in main or titles), ""),
        author=", ".join(filter(None, dict.fromkeys(authors)))[:_LONGEST_FIELD],
        language=next((_words(e) for e in _dublin_core(root, "language")), ""),
        description="\n\n".join(b.text for b in blocks)[:_LONGEST_DESCRIPTION],
        identifiers=tuple(filter(None, (_words(e) for e in _dublin_core(root, "identifier")))),
    )


def _dublin_core(root: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from root.iter(f"{{http://purl.org/dc/elements/1.1/}}{name}")


def _role(creator: etree._Element, refinements: dict[tuple[str, str], str]) -> str:
    attribute = next((v for k, v in creator.attrib.items() if str(k).endswith("}role")), "")
    return refinements.get((creator.get("id", ""), "role"), str(attribute))


def _words(element: etree._Element) -> str:
    return collapse(clean(_all_text(element)))[:_LONGEST_FIELD]


def _all_text(element: etree._Element) -> str:
    return "".join(str(piece) for piece in element.itertext())
