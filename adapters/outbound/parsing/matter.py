"""Front and back matter: what stands in a book around its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.outbound.parsing.blocks import Mark
from adapters.outbound.parsing.characters import word_list
from domain.book import ChapterKind

# Structural semantics, https://www.w3.org/TR/epub-ssv-11/
_FRONT_TYPES = frozenset(
    word_list(
        "frontmatter cover titlepage halftitlepage imprint copyright-page dedication epigraph toc "
        "landmarks preface foreword introduction contributors other-credits"
    )
)
_BACK_TYPES = frozenset(
    word_list(
        "backmatter colophon endnotes rearnotes footnotes index glossary bibliography appendix "
        "afterword loi lot errata"
    )
)
_BODY_TYPES = frozenset(word_list("bodymatter chapter part volume prologue epilogue conclusion"))

# Titles that no chapter of a story bears.
_SURELY_FRONT = re.compile(
    r"cover( page)?|(half[- ]?)?title ?page|half[- ]?title|frontispiece|imprint|front ?matter|"
    r"copyright( page| notice| information)?|dedication|(table of )?contents|"
    r"(list of )?(illustrations|maps|figures|plates)|dramatis person(ae|æ)|"
    r"(list of )?characters|also by .*|by the same author|other books by .*|praise for .*"
)
_SURELY_BACK = re.compile(
    r"colophon|uncopyright|licen[cs]e|end ?notes|footnotes|index|glossary|bibliography|errata|"
    r"about the (author|publisher|translator|editor)s?|back ?matter|advertisements|"
    r"(the full )?project gutenberg(.{0,3}tm)? licen[cs]e|transcriber.s notes?"
)
# Titles that a chapter may bear too: where they stand decides.
_PERHAPS = re.compile(
    r"(author.s |editor.s |translator.s |publisher.s )?(preface|foreword|introduction|note|notes)"
    r"( (to|by|for) .*)?|introductory( note| remarks)?|a note (on|to) .*|notes?|epigraph|"
    r"acknowledge?ments?|appendi(x|ces)( .*)?|afterword|advertisement|chronology|"
    r"about this (book|edition|ebook)|further reading"
)


def kinds_of(marks: Sequence[Mark]) -> list[ChapterKind]:
    """The kind of each chapter: what is no story is front matter before it, back matter after it.

    Inside the story only what says plainly what it is counts as matter.
    """
    outside = [is_matter(m.title, m.types) for m in marks]
    if all(outside):
        return [ChapterKind.BODY] * len(marks)
    first = outside.index(False)
    last = len(outside) - 1 - outside[::-1].index(False)
    return [
        ChapterKind.FRONT
        if place < first
        else ChapterKind.BACK
        if place > last
        else _kind_inside(mark)
        for place, mark in enumerate(marks)
    ]


def is_matter(title: str, types: frozenset[str]) -> bool:
    """Whether title and structural semantics mark front or back matter."""
    words = _words(title)
    if _SURELY_FRONT.fullmatch(words) or _SURELY_BACK.fullmatch(words):
        return True
    if types & {"frontmatter", "backmatter"}:
        return True
    if types & _BODY_TYPES:
        return False
    return bool(types & (_FRONT_TYPES | _BACK_TYPES) or _PERHAPS.fullmatch(words))


def _kind_inside(mark: Mark) -> ChapterKind:
    words = _words(mark.title)
    if _SURELY_BACK.fullmatch(words) or "backmatter" in mark.types:
        return ChapterKind.BACK
    if _SURELY_FRONT.fullmatch(words) or "frontmatter" in mark.types:
        return ChapterKind.FRONT
    return ChapterKind.BODY


def _words(title: str) -> str:
    words = " ".join(title.casefold().strip(" .:*_[]").split())
    return words.removeprefix("the ") if words != "the" else words
