"""Files cut off or with bytes overturned: a book or a typed error, never anything else."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from random import Random

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.outbound.parsing.parser import survive
from domain.errors import FalsafaError
from tests.unit.parsing.books import LIMITS, PROSE, assert_sound
from tests.unit.parsing.epub_writer import Epub, item, nav_point, page
from tests.unit.parsing.pdf_writer import Line, OutlineItem, write_pdf

FORMATS = ["epub", "pdf", "docx", "html", "md", "txt"]
POINTS = 20


@cache
def sample(kind: str) -> bytes:
    if kind == "epub":
        pages = {f"{n}.xhtml": page(f"<h2>Chapter {n}</h2><p>{PROSE}</p>") for n in (1, 2)}
        contents = item("Chapter 1", "1.xhtml") + item("Chapter 2", "2.xhtml")
        nav_map = nav_point("Chapter 1", "1.xhtml") + nav_point("Chapter 2", "2.xhtml")
        return Epub(pages=pages, contents=contents, nav_map=nav_map).write()
    if kind == "pdf":
        lines = [[Line(72, 700 - 14 * n, PROSE[n : n + 60]) for n in range(20)] for _ in range(3)]
        outline = [OutlineItem("Chapter 1", 0), OutlineItem("Chapter 2", 2)]
        return write_pdf(lines, outline=outline, compress=True)
    if kind == "docx":
        document = docx.Document()
        for n in (1, 2):
            document.add_heading(f"Chapter {n}", 1)
            document.add_paragraph(PROSE)
        buffer = io.BytesIO()
        document.save(buffer)
        return buffer.getvalue()
    text = "".join(f"\n\n## Chapter {n}\n\n“{PROSE}” &mdash; *é*\n" for n in (1, 2))
    if kind == "html":
        text = f"<!DOCTYPE html><html><body>{text.replace('## ', '<h2>')}</body></html>"
    return text.replace("## ", "" if kind == "txt" else "## ").encode()


def assert_survived(data: bytes, name: str) -> None:
    try:
        book = survive(data, name, "", LIMITS)
    except FalsafaError:
        return
    assert_sound(book)


def overturned(data: bytes, seed: int, count: int) -> bytes:
    random = Random(seed)
    damaged = bytearray(data)
    for _ in range(count if data else 0):
        damaged[random.randrange(len(data))] = random.randrange(256)
    return bytes(damaged)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("point", range(POINTS))
def test_a_file_cut_off_anywhere_is_survived(kind: str, point: int) -> None:
    data = sample(kind)
    assert_survived(data[: len(data) * point // POINTS], f"book.{kind}")


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 30))
def test_overturned_bytes_are_survived(kind: str, seed: int, count: int) -> None:
    assert_survived(overturned(sample(kind), seed, count), f"book.{kind}")


@pytest.mark.parametrize("kind", ["epub", "docx"])
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 8))
def test_overturned_bytes_inside_an_archive_are_survived(kind: str, seed: int, count: int) -> None:
    with zipfile.ZipFile(io.BytesIO(sample(kind))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    victim = sorted(parts)[seed % len(parts)]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in parts.items():
            target.writestr(name, overturned(content, seed, count) if name == victim else content)
    assert_survived(buffer.getvalue(), f"book.{kind}")
