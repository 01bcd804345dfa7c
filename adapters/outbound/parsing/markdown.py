"""Markdown: the title in the one heading of the highest level, chapters in those below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.outbound.parsing.blocks import Block
from adapters.outbound.parsing.builder import build_from_blocks
from adapters.outbound.parsing.byline import completed
from adapters.outbound.parsing.characters import clean, collapse
from adapters.outbound.parsing.encodings import decode
from adapters.outbound.parsing.flow import read_flow
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.markup import read_html
from domain.book import BookMetadata, ParsedBook
from domain.errors import FileTooLarge

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FIELD = re.compile(r"^(title|author|lang|language|description)[ \t]*:[ \t]*(\S.*)$", re.M | re.I)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MARKS = "*_`[]<&"  # each costs the reader an object
_LONGEST_FIELD = 300


def parse_markdown(data: bytes, limits: ParsingLimits) -> ParsedBook:
    """Raises BrokenFile, EmptyBook, FileTooLarge."""
    text = clean(decode(data))
    limits.check_text_length(len(text))
    if sum(map(text.count, _MARKS)) > limits.max_elements // 4:
        raise FileTooLarge("The file has too many marks of emphasis and links to be a book.")
    front = _FRONT_MATTER.match(text)
    metadata = _metadata(front[1] if front else "")
    # Indented lines are verse here, hardly ever code.
    reader = MarkdownIt("commonmark").enable("table").disable("code")
    tokens = reader.parse(text[front.end() :] if front else text)
    blocks = list(_blocks(tokens, limits))
    return build_from_blocks(blocks, completed(metadata, blocks), limits)


def _metadata(front_matter: str) -> BookMetadata:
    fields = {
        name.lower(): collapse(value.strip().strip("\"'"))[:_LONGEST_FIELD]
        for name, value in _FIELD.findall(front_matter)
    }
    return BookMetadata(
        title=fields.get("title", ""),
        author=fields.get("author", ""),
        language=fields.get("lang", fields.get("language", "")),
        description=fields.get("description", ""),
    )


def _blocks(tokens: Sequence[Token], limits: ParsingLimits) -> Iterator[Block]:
    level = 0
    row: list[str] | None = None  # cells of the table row that is open
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield from _block(" ".join(row), 0)
            row = None
        elif token.type == "inline":
            text = _inline(token.children or [])
            if row is None:
                yield from _block(text, level)
            else:
                row.append(text)
            level = 0
        elif token.type == "fence":
            yield from _block(token.content, 0)
        elif token.type == "html_block":
            yield from read_flow(read_html(token.content, limits)).blocks


def _block(text: str, level: int) -> Iterator[Block]:
    lines = [line.strip(" ") for line in text.strip("\n").split("\n")]
    if any(lines):
        yield Block("\n".join(lines).strip(), level=level)


def _inline(tokens: Sequence[Token]) -> str:
    """The words: without marks of emphasis, a link's words without its address, no pictures."""
    pieces = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type == "softbreak":
            pieces.append(" ")
        elif token.type == "hardbreak" or (
            token.type == "html_inline" and _LINE_BREAK.fullmatch(token.content)
        ):
            pieces.append("\n")
    return "".join(pieces)
