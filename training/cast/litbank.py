"""LitBank's excerpts as running text: quotations with their speakers, people with their mentions.

Bamman, Popat and Shen (2019), Bamman, Lewke and Mansoor (2020), Sims and Bamman (2020);
https://github.com/dbamman/litbank, CC BY 4.0. Its texts stand a sentence a line, their words parted
by spaces: spacing and paragraphs are put back here, and all positions follow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from domain.span import Span
from training.cast.line_breaks import CORRECTIONS, Mark, marks_of, paragraph_starts

_NO_SPACE_BEFORE = frozenset(",.;:!?)]}…")
_NO_SPACE_AFTER = frozenset("([{")
_ENDINGS = ("s", "ll", "ve", "re", "d", "m")
_CLITICS = {f"{mark}{ending}" for mark in "'’" for ending in _ENDINGS} | {"n't", "n’t"}
_PERSON = "_PER"


class GoldQuote(NamedTuple):
    """One quotation; `speaker` is the entity's label."""

    span: Span
    speaker: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An excerpt of about 2,000 words. `mentions`: entity label -> where it is mentioned."""

    name: str
    text: str
    quotes: Sequence[GoldQuote]
    mentions: dict[str, list[Span]]


def load_litbank(folder: Path) -> list[Excerpt]:
    """All excerpts below `folder`, by name. Raises FileNotFoundError if there are none."""
    paths = sorted((folder / "quotations" / "tsv").glob("*.ann"))
    if not paths:
        raise FileNotFoundError(f"{folder} holds no quotations/tsv/*.ann of LitBank.")
    return [_excerpt(folder, path.stem) for path in paths]


def _excerpt(folder: Path, stem: str) -> Excerpt:
    source = (folder / "quotations" / "tsv" / f"{stem}.txt").read_text(encoding="utf-8")
    sentences = [line.split(" ") for line in source.split("\n")]
    words = [[word for word in line if word] for line in sentences]
    text, spans = _running_text(words, CORRECTIONS.get(stem.split("_")[0], ""))
    annotations = (folder / "quotations" / "tsv" / f"{stem}.ann").read_text(encoding="utf-8")
    coreference = (folder / "coref" / "brat" / f"{stem}.ann").read_text(encoding="utf-8")
    mentions = _mentions(coreference, source, words, spans)
    return Excerpt(stem.removesuffix("_brat"), text, _quotes(annotations, spans), mentions)


def _running_text(
    sentences: Sequence[Sequence[str]], corrections: str
) -> tuple[str, list[list[Span]]]:
    """The text, and the span of each word of each sentence in it."""
    marks = marks_of(sentences)
    starts = paragraph_starts(sentences, marks, corrections)
    parts: list[str] = []
    length = 0
    spans: list[list[Span]] = []
    previous = ""
    previous_mark = Mark.NONE
    for number, sentence in enumerate(sentences):
        row = []
        for place, word in enumerate(sentence):
            gap = ""
            if length:
                if (number, place) in starts:
                    gap = "\n\n"
                elif _spaced(previous, previous_mark, word, marks[number][place]):
                    gap = " "
            parts += (gap, word)
            start = length + len(gap)
            length = start + len(word)
            row.append(Span(start, length))
            previous, previous_mark = word, marks[number][place]
        spans.append(row)
    return "".join(parts), spans


def _spaced(previous: str, previous_mark: Mark, word: str, mark: Mark) -> bool:
    if mark is Mark.CLOSE or previous_mark is Mark.OPEN:
        return False
    if word in _CLITICS or (word[0] in _NO_SPACE_BEFORE and not word.startswith("...")):
        return False
    if word in ("--", "—", "-") or previous in ("--", "—", "-"):
        return previous_mark is Mark.CLOSE or mark is Mark.OPEN
    return previous[-1] not in _NO_SPACE_AFTER


def _quotes(annotations: str, spans: Sequence[Sequence[Span]]) -> list[GoldQuote]:
    rows = [line.split("\t") for line in annotations.splitlines() if line]
    speakers = {row[1]: row[2] for row in rows if row[0] == "ATTRIB"}
    quotes = [
        GoldQuote(
            Span(spans[int(row[2])][int(row[3])].start, spans[int(row[4])][int(row[5])].end),
            speakers[row[1]],
        )
        for row in rows
        if row[0] == "QUOTE" and row[1] in speakers
    ]
    return sorted(quotes, key=lambda quote: quote.span)


def _mentions(
    coreference: str,
    source: str,
    words: Sequence[Sequence[str]],
    spans: Sequence[Sequence[Span]],
) -> dict[str, list[Span]]:
    """Entity label -> its mentions in the running text.

    Each mention has two lines of the same offsets: its kind, and its entity.
    """
    places = dict(_places(source, words, spans))
    ends = {end: span.end for (_, end), span in places.items()}
    starts = {start: span.start for (start, _), span in places.items()}
    people = set()
    labels: dict[tuple[int, int], list[str]] = defaultdict(list)
    for line in coreference.splitlines():
        if not line.startswith("T"):
            continue
        label, first, last = line.split("\t")[1].split(" ")
        where = int(first), int(last)
        if label.endswith(_PERSON) and label.split("_")[0] in ("PROP", "NOM", "PRON"):
            people.add(where)
        labels[where].append(label)
    found: dict[str, list[Span]] = defaultdict(list)
    for where, named in labels.items():
        if where in people and where[0] in starts and where[1] in ends:
            for label in named:
                if not label.endswith(_PERSON):
                    found[label].append(Span(starts[where[0]], ends[where[1]]))
    return dict(found)


def _places(
    source: str, words: Sequence[Sequence[str]], spans: Sequence[Sequence[Span]]
) -> Iterator[tuple[tuple[int, int], Span]]:
    """Offsets in LitBank's file, with the span of the same word in the running text."""
    place = 0
    for sentence, row in zip(words, spans, strict=True):
        for word, span in zip(sentence, row, strict=True):
            start = source.index(word, place)
            place = start + len(word)
            yield (start, place), span
