"""Small EPUBs for tests, right or wrong on purpose."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)


@dataclass
class Epub:
    """Pages are given by file name; the table of contents as the inside of its list."""

    pages: Mapping[str, str]
    contents: str = ""  # <li> elements of the navigation document
    nav_map: str = ""  # <navPoint> elements of the NCX
    title: str = "A Test"
    author: str = "A. Tester"
    language: str = "en"
    spine: Sequence[str] | None = None  # page names; all in order, if not given
    guide: str = ""
    extra: Mapping[str, str | bytes] = field(default_factory=dict)  # may replace parts of the book
    without: Sequence[str] = ()

    def write(self) -> bytes:
        names = list(self.pages)
        manifest = "".join(
            f'<item id="i{n}" href="text/{name}" media-type="application/xhtml+xml"/>'
            for n, name in enumerate(names)
        )
        spine = "".join(f'<itemref idref="i{names.index(n)}"/>' for n in self.spine or names)
        if self.contents:
            manifest += (
                '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" '
                'properties="nav"/>'
            )
        if self.nav_map:
            manifest += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        parts: dict[str, str | bytes] = {
            "META-INF/container.xml": CONTAINER,
            "OEBPS/book.opf": (
                '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
                '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
                f"<dc:title>{self.title}</dc:title><dc:creator>{self.author}</dc:creator>"
                f"<dc:language>{self.language}</dc:language></metadata>"
                f"<manifest>{manifest}</manifest><spine>{spine}</spine>"
                f"<guide>{self.guide}</guide></package>"
            ),
            "OEBPS/nav.xhtml": page(f'<nav epub:type="toc"><ol>{self.contents}</ol></nav>'),
            "OEBPS/toc.ncx": (
                '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/">'
                f"<navMap>{self.nav_map}</navMap></ncx>"
            ),
            **{f"OEBPS/text/{name}": content for name, content in self.pages.items()},
            **self.extra,
        }
        return archive({n: c for n, c in parts.items() if n not in self.without})


def page(body: str, body_type: str = "") -> str:
    of_body = f' epub:type="{body_type}"' if body_type else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>Not read</title></head>'
        f"<body{of_body}>{body}</body></html>"
    )


def item(title: str, target: str, inside: str = "") -> str:
    """A line of a navigation document."""
    nested = f"<ol>{inside}</ol>" if inside else ""
    return f'<li><a href="text/{target}">{title}</a>{nested}</li>'


def nav_point(title: str, target: str, inside: str = "") -> str:
    """A line of an NCX."""
    return (
        f"<navPoint><navLabel><text>{title}</text></navLabel>"
        f'<content src="text/{target}"/>{inside}</navPoint>'
    )


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in parts.items():
            out.writestr(name, content)
    return buffer.getvalue()
