"""From a stream of markup events to blocks: paragraphs, headings, verses, items, table rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.outbound.parsing.blocks import Block
from adapters.outbound.parsing.characters import clean, word_list
from adapters.outbound.parsing.markup import End, Event, Start
from adapters.outbound.parsing.tracing import LINE, TextNode, trace, utf16_length

_BLOCKS = frozenset(
    word_list(
        "address article aside blockquote body caption center dd details dialog div dl dt "
        "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main "
        "nav ol p pre section summary table tbody tfoot thead tr ul"
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset(["td", "th"])
_SECTIONS = frozenset(word_list("body section article div aside nav main"))
_UNREAD = frozenset(
    word_list(
        "audio button canvas embed head iframe img input math noscript object rp rt script select "
        "style svg template textarea title video"
    )
)
_UNREAD_TYPES = frozenset(["noteref", "pagebreak", "backlink"])
_PAGE_NUMBER_CLASSES = frozenset(["pagenum", "pageno", "pagenumber", "page-number"])
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_MARK = re.compile(r"[\[(]?\s*(?:\d{1,4}|[*†‡§¶]{1,3}|[a-z]|[ivxl]{1,6})\s*[\])]?")
_BACKLINK = re.compile(r"[↑↩⏎^\ufe0e\ufe0f\s]+")

_MARKUP_SPACE = re.compile(r"[ \t\n\r\f]+")
_AROUND_LINE = re.compile(f" *{LINE} *")


@dataclass(slots=True)
class _Open:
    """An element that has begun and not ended."""

    tag: str
    step: str  # in the element path: "p[4]"
    attributes: Mapping[str, str]
    types: frozenset[str]  # its own and those of the sections around it
    buffered: int  # pieces of text before it
    cfi: str = ""  # steps of an EPUB CFI from the root, which is none itself
    elements: int = 0  # inside it so far
    units: int = 0  # of UTF-16, of its text since the last of them
    texts: int = 0  # between its elements so far, but for empty ones
    holds_sup: bool = False
    children: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Flow:
    """The blocks of one document, and for each element id the index of the block it begins."""

    blocks: list[Block] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)


def read_flow(
    events: Iterable[Event], item: str = "", item_index: int = 0, item_cfi: str = ""
) -> Flow:
    """The blocks are traced to their text nodes if the item has a CFI."""
    reader = _FlowReader(item, item_index, item_cfi)
    for event in events:
        reader.read(event)
    return reader.finish()


class _FlowReader:
    def __init__(self, item: str, item_index: int, item_cfi: str) -> None:
        self._item = item
        self._item_index = item_index
        self._item_cfi = item_cfi
        self._flow = Flow()
        self._open: list[_Open] = []
        self._roots: Counter[str] = Counter()
        self._unread = 0  # open elements inside one that is not read, itself counted
        self._text: list[str] = []
        self._nodes: list[TextNode | None] = []  # of each piece of text
        self._path = ""  # of the block whose text is being gathered
        self._types: frozenset[str] = frozenset()
        self._level = 0
        self._ids: list[tuple[str, int]] = []  # waiting for their block; pieces of text before

    def read(self, event: Event) -> None:
        if isinstance(event, str):
            if not self._unread:
                self._add(event)
        elif isinstance(event, Start):
            if self._unread:
                self._unread += 1
            else:
                self._begin(event)
        elif self._unread:
            self._unread -= 1
        else:
            self._end(event)

    def finish(self) -> Flow:
        self._flush()
        for name, _ in self._ids:
            self._flow.ids.setdefault(name, len(self._flow.blocks))
        return self._flow

    def _begin(self, start: Start) -> None:
        tag = start.tag
        siblings = self._open[-1].children if self._open else self._roots
        siblings[tag] += 1
        cfi = self._step()
        if tag in _BLOCKS:
            self._break(tag)
        for name in {start.attributes.get("id", ""), start.attributes.get("name", "")} - {""}:
            self._ids.append((name, len(self._text)))
        if _is_unread(start):
            self._unread = 1
            return
        if tag == "br":
            self._append(LINE)
        elif tag == "sup":
            for element in self._open:
                element.holds_sup = True
        types = self._open[-1].types if self._open else frozenset()
        if tag in _SECTIONS:
            types |= _types_of(start)
        single = tag in ("html", "body")
        step = tag if single else f"{tag}[{siblings[tag]}]"
        self._open.append(_Open(tag, step, start.attributes, types, len(self._text), cfi=cfi))

    def _end(self, end: End) -> None:
        if not self._open:
            return
        element = self._open[-1]
        if element.tag == "a" and self._is_note_link(element):
            del self._text[element.buffered :]
            del self._nodes[element.buffered :]
        if element.tag in _BLOCKS:
            self._break(element.tag)
        elif element.tag in _CELLS:
            self._append(" ")
        self._open.pop()

    def _break(self, tag: str) -> None:
        """Ends the block, or only its line where several make one heading."""
        inside_group = any(e.tag == "hgroup" for e in self._open) and tag != "hgroup"
        if inside_group:
            self._append(LINE)
        else:
            self._flush()

    def _step(self) -> str:
        """The CFI of the element that begins: elements have even numbers, the text around them
        odd ones (https://idpf.org/epub/linking/cfi/)."""
        if not self._open:
            return ""
        parent = self._open[-1]
        parent.elements += 1
        parent.units = 0
        return f"{parent.cfi}/{2 * parent.elements}"

    def _node(self, text: str) -> TextNode | None:
        if not self._open:
            return None
        parent = self._open[-1]
        parent.texts += not parent.units
        node = TextNode(f"{parent.cfi}/{2 * parent.elements + 1}", parent.units, parent.texts)
        parent.units += utf16_length(text)
        return node

    def _append(self, piece: str, node: TextNode | None = None) -> None:
        self._text.append(piece)
        self._nodes.append(node)

    def _add(self, text: str) -> None:
        node = self._node(text)
        if not self._path and not text.isspace():
            self._locate()
        if self._open and self._open[-1].tag in _HEADINGS:
            self._level = self._level or _HEADINGS[self._open[-1].tag]
        if any(e.tag == "pre" for e in self._open):
            # No-break spaces outlive the collapsing and become plain ones after it.
            text = text.replace("\n", LINE).replace(" ", "\u00a0")
        else:
            text = text.replace("\u00a0", " ")
        self._append(text, node)

    def _locate(self) -> None:
        """Notes where the block stands: its innermost block element."""
        depth = max(
            (i for i, e in enumerate(self._open, 1) if e.tag in _BLOCKS or e.tag in _CELLS),
            default=len(self._open),
        )
        self._path = "".join(f"/{e.step}" for e in self._open[:depth])
        self._types = self._open[-1].types if self._open else frozenset()
        headings = [_HEADINGS[e.tag] for e in self._open if e.tag in _HEADINGS]
        self._level = min(headings, default=0)

    def _is_note_link(self, link: _Open) -> bool:
        """Whether a link is but the number of a note, or the arrow back from it."""
        if "#" not in link.attributes.get("href", ""):
            return False
        words = "".join(self._text[link.buffered :]).strip()
        if _BACKLINK.fullmatch(words):
            return True
        is_raised = link.holds_sup or any(e.tag == "sup" for e in self._open)
        is_bracketed = words.startswith(("[", "(")) or bool(re.fullmatch(r"[*†‡§¶]+", words))
        return (is_raised or is_bracketed) and _NOTE_MARK.fullmatch(words) is not None

    def _flush(self) -> None:
        text = _joined(self._text)
        if text:
            index = len(self._flow.blocks)
            self._flow.blocks.append(
                Block(
                    text=text,
                    level=self._level,
                    item=self._item,
                    item_index=self._item_index,
                    path=self._path,
                    types=self._types,
                    item_cfi=self._item_cfi,
                    runs=trace(text, self._text, self._nodes) if self._item_cfi else (),
                )
            )
            waiting = []
            for name, before in self._ids:
                # An anchor at the very end of a paragraph belongs to what comes after it.
                if _joined(self._text[before:]):
                    self._flow.ids.setdefault(name, index)
                else:
                    waiting.append((name, 0))
            self._ids = waiting
        else:
            self._ids = [(name, 0) for name, _ in self._ids]
        self._text.clear()
        self._nodes.clear()
        self._path = ""
        self._level = 0
        for element in self._open:
            element.buffered = 0


def _joined(pieces: list[str]) -> str:
    text = _MARKUP_SPACE.sub(" ", "".join(pieces))
    text = _AROUND_LINE.sub(LINE, text).strip(f" {LINE}")
    return clean(re.sub(f"{LINE}+", "\n", text)).strip()


def _is_unread(start: Start) -> bool:
    attributes = start.attributes
    if start.tag in _UNREAD or "hidden" in attributes or _types_of(start) & _UNREAD_TYPES:
        return True
    if _PAGE_NUMBER_CLASSES & set(attributes.get("class", "").lower().split()):
        return True
    return _HIDDEN_STYLE.search(attributes.get("style", "")) is not None


def _types_of(start: Start) -> frozenset[str]:
    """Structural semantics: epub:type, or the equal roles of DPUB-ARIA."""
    roles = start.attributes.get("role", "").split()
    of_roles = {role.removeprefix("doc-") for role in roles if role.startswith("doc-")}
    return frozenset(start.attributes.get("type", "").split()) | of_roles
