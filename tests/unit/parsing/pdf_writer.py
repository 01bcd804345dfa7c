"""The smallest writer of PDFs that a test of their reader needs."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

PAGE_HEIGHT = 792


@dataclass(frozen=True)
class Line:
    """Text at a point of the page, counted from its lower left corner, in points."""

    x: float
    y: float
    text: str
    size: float = 11


@dataclass(frozen=True)
class OutlineItem:
    title: str
    page: int  # from 0
    y: float = PAGE_HEIGHT


def write_pdf(
    pages: Sequence[Sequence[Line]],
    *,
    outline: Sequence[OutlineItem] = (),
    title: str = "",
    author: str = "",
    compress: bool = False,
    trailer: str = "",
) -> bytes:
    """A PDF of Times-Roman text in WinAnsi encoding."""
    objects: dict[int, bytes] = {}
    first_page = 4
    first_item = first_page + 2 * len(pages)
    kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(len(pages)))
    outlines = f"/Outlines {first_item + len(outline)} 0 R" if outline else ""
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R {outlines} >>".encode()
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    objects[3] = (
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>"
    )
    for n, lines in enumerate(pages):
        number = first_page + 2 * n
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 {PAGE_HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {number + 1} 0 R >>"
        ).encode()
        objects[number + 1] = _stream(b"".join(map(_show, lines)), compress=compress)
    for n, item in enumerate(outline):
        objects[first_item + n] = _outline_item(item, n, len(outline), first_item, first_page)
    if outline:
        last = first_item + len(outline) - 1
        objects[last + 1] = (
            f"<< /Type /Outlines /First {first_item} 0 R /Last {last} 0 R /Count {len(outline)} >>"
        ).encode()
    info = max(objects) + 1
    objects[info] = b"<< /Title " + _string(title) + b" /Author " + _string(author) + b" >>"
    return _file(objects, info, trailer)


def _show(line: Line) -> bytes:
    return (
        f"BT /F1 {line.size} Tf {line.x} {line.y} Td ".encode() + _string(line.text) + b" Tj ET\n"
    )


def _string(text: str) -> bytes:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(" + escaped.encode("cp1252") + b")"


def _stream(content: bytes, *, compress: bool) -> bytes:
    data = zlib.compress(content) if compress else content
    encoding = b"/Filter /FlateDecode " if compress else b""
    head = b"<< " + encoding + f"/Length {len(data)} >>\nstream\n".encode()
    return head + data + b"\nendstream"


def _outline_item(
    item: OutlineItem, place: int, count: int, first_item: int, first_page: int
) -> bytes:
    links = f"/Prev {first_item + place - 1} 0 R " if place else ""
    links += f"/Next {first_item + place + 1} 0 R " if place + 1 < count else ""
    target = f"[{first_page + 2 * item.page} 0 R /XYZ 0 {item.y} 0]"
    root = first_item + count
    return (
        b"<< /Title "
        + _string(item.title)
        + f" /Parent {root} 0 R {links}/Dest {target} >>".encode()
    )


def _file(objects: dict[int, bytes], info: int, trailer: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, content in sorted(objects.items()):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for number in range(1, len(objects) + 1):
        out += f"{offsets[number]:010d} 00000 n \n".encode()
    out += (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {info} 0 R {trailer} >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(out)
