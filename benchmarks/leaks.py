"""How often a reply is flagged that should be, and that should not.

    python -m benchmarks.leaks [--data DIR] [--novels DIR]

`--data` holds books.jsonl and questions.jsonl, as for benchmarks.search; of these, the novels with
claims about their chapters. A claim stands for a reply in a model's own words, a stretch of the
text for one that repeats the book. `--novels` holds novels of the Project Dialogism Novel Corpus,
whose characters' names are tried, each in a sentence, at ten pages. Prints the share of each kind
that is flagged.
"""

from __future__ import annotations

import argparse
import ast
import csv
import json
import random
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.outbound.cast.extract import extract_cast
from domain.book import BookLayout, Chapter
from domain.frontier import Frontier
from domain.late_words import FirstMentions, LateWords
from domain.leak_check import LeakCheck
from domain.sentences import sentences
from domain.span import Span
from domain.words import words_of

PAGES = (0.02, 0.1, 0.3, 0.6, 0.9)  # of a book
SAMPLE = 60  # sentences of each kind at each page
EARLY = 20_000  # code points that a reader has at least read, where a later chapter is told

Record = dict[str, Any]
Tried = tuple[str, int, str]  # what kind of text, the page, the text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--novels", type=Path)
    chosen = parser.parse_args()
    if chosen.data:
        _try_replies(chosen.data)
    if chosen.novels:
        _try_names(chosen.novels)


def _try_replies(data: Path) -> None:
    books = [b for b in _records(data / "books.jsonl") if b["set"] == "clipper"]
    claims = list(_records(data / "questions.jsonl"))
    flags: dict[str, list[bool]] = defaultdict(list)
    seconds = []
    for book in books:
        text = book["text"]
        cast = extract_cast(text, _layout(book))
        started = time.perf_counter()
        mentions = FirstMentions(text, cast)
        seconds.append(time.perf_counter() - started)
        others = [other for other in books if other is not book]
        told = (book["title"], book["author"])
        for kind, page, reply in _tried(book, claims, others):
            check = LeakCheck(LateWords(mentions, Frontier(page), told))
            check.feed(reply)
            flags[kind].append(bool(check.leaks))
    _print(flags)
    print(f"mentions of a novel found in {statistics.median(seconds):.2f} s")


def _try_names(novels: Path) -> None:
    flags: dict[str, list[bool]] = defaultdict(list)
    for file in sorted(novels.glob("*/novel_text.txt")):
        text = file.read_text(encoding="utf-8")
        chapter = Chapter(0, "", Span(0, len(text)), number=1)
        mentions = FirstMentions(text, extract_cast(text, BookLayout(len(text), (chapter,))))
        first = dict(_gold_names(file.with_name("character_info.csv"), text))
        for page in (len(text) * tenth // 11 for tenth in range(1, 11)):
            late = LateWords(mentions, Frontier(page))
            for name, since in first.items():
                when = "late" if since > page else "read"
                for place, reply in (
                    ("within", f"I met {name} there."),
                    ("first", f"{name} came."),
                ):
                    check = LeakCheck(late)
                    check.feed(reply)
                    flags[f"{when}: name, {place}"].append(bool(check.leaks))
    _print(flags)


def _gold_names(table: Path, text: str) -> Iterator[tuple[str, int]]:
    """With the end of their first mention, those that stand in the text at all."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = {name for row in rows for name in (row["Main Name"], *ast.literal_eval(row["Aliases"]))}
    for name in sorted(names):
        mention = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
        if mention and name[0].isupper():
            yield name, mention.end()


def _print(flags: Mapping[str, Sequence[bool]]) -> None:
    for kind in sorted(flags):
        print(f"{kind:44} {len(flags[kind]):6} {100 * statistics.mean(flags[kind]):6.2f} %")


def _tried(book: Record, claims: Sequence[Record], others: Sequence[Record]) -> Iterator[Tried]:
    chance = random.Random(book["book"])
    for claim in claims:
        if claim["book"] == book["book"]:
            yield from _of_claim(claim, chance)
    text = book["text"]
    spans = list(sentences(text, Span(0, len(text))))
    for share in PAGES:
        page = int(share * len(text))
        read = [s for s in spans if s.end <= page]
        late = [s for s in spans if s.start >= page]
        for span in chance.sample(read, min(SAMPLE, len(read))):
            yield "read: sentence", page, span.of(text)
        for span in chance.sample(late, min(SAMPLE, len(late))):
            yield f"late: sentence of {_length(span.of(text))} words", page, span.of(text)
        for place in chance.sample(range(len(late) - 3), min(SAMPLE // 2, len(late) - 3)):
            yield "late: four sentences", page, text[late[place].start : late[place + 3].end]
        for other in others:
            beginning = other["text"][:40_000]
            strangers = list(sentences(beginning, Span(0, len(beginning))))
            for span in chance.sample(strangers, SAMPLE // 10):
                yield f"other: sentence, at {share:.0%}", page, span.of(beginning)


def _of_claim(claim: Record, chance: random.Random) -> Iterator[Tried]:
    start = min(section["start"] for section in claim["gold"])
    end = max(section["end"] for section in claim["gold"])
    yield "read: claim", end, claim["question"]
    yield "read: false claim", end, claim["false_claim"]
    if start > EARLY:
        yield "late: claim", chance.randrange(EARLY // 2, start), claim["question"]


def _layout(book: Record) -> BookLayout:
    chapters = [
        Chapter(index, chapter["title"], Span(chapter["start"], chapter["end"]), number=index + 1)
        for index, chapter in enumerate(book["chapters"])
    ]
    return BookLayout(len(book["text"]), tuple(chapters))


def _length(sentence: str) -> str:
    words = len(words_of(sentence))
    return "8 and more" if words >= 8 else "4 to 7" if words >= 4 else "1 to 3"


def _records(file: Path) -> Iterator[Record]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    main()
