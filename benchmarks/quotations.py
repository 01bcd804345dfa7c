"""How far quotations in replies are judged rightly: true ones verified, all others not.

    python -m benchmarks.quotations [--data DIR] [--book FILE ...] [--count 2000] [--seed 11]

Quotations are drawn from the books' direct speech, the same number from each: the novels of
DIR/pdnc-dev (as people have annotated them: what a speech tag interrupts is one quotation) and the
EPUBs of DIR/books (as the built-in extractor finds them), or from FILEs. Half of them are left as
they are, in another typography or with words left out by an elision mark; the other half is made
false: a word changed, added, left out or moved, two places spliced, or invented from the book's
own words. What is made false and yet stands in the book is drawn again. Each is put in a reply, in
marks of one kind or another, beside other things in quotation marks.

Right is: the true one is verified, with a place that says the same words; the false one is told
and unverified.
"""

from __future__ import annotations

import argparse
import ast
import csv
import itertools
import random
import re
import statistics
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.outbound.cast.extract import extract_cast
from adapters.outbound.parsing.limits import ParsingLimits
from adapters.outbound.parsing.parser import parse_bytes
from domain.book import BookLayout, Chapter
from domain.cast import Cast
from domain.conversation import Quotation
from domain.frontier import WHOLE_BOOK
from domain.quotable import QuotableText
from domain.quotation import LEAST_WORDS, QuotationCheck, ReadBook
from domain.quoted import QuotedStretches
from domain.span import Span

_TEMPLATES = (
    "{} [1].",
    "I remember it well. {} That is what was said [2].",
    "It is put so: {}\n\nAnd there is no more to say of “it”.",
    "Somebody said, {} and went.",
    "Well! The boys' books say {}, don't they?",
    "In “Facts”, as in the so-called 'life', {} [1][3] is what counts.",
    "*She looks up.* I said {}; you know that.",
)
_MARKS = ("“”", '""', "‘’", "''", "«»", "„“")
_LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "fi": "ﬁ", "fl": "ﬂ", "ff": "ﬀ"}
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LONGEST = 700  # code points

Change = Callable[[str, random.Random, "Book"], str]


@dataclass(frozen=True, slots=True)
class Book:
    name: str
    read: ReadBook
    quotations: tuple[str, ...]
    words: tuple[str, ...]
    plain: str  # the text's words, for the judge: with one space between, and at either end

    def says(self, quotation: str) -> bool:
        """Judged by its words alone, in another way than the project's."""
        return f" {' '.join(plain_words(quotation))} " in self.plain


@dataclass(frozen=True, slots=True)
class Draw:
    book: Book
    kind: str
    is_true: bool
    quotation: str
    reply: str


@dataclass(frozen=True, slots=True)
class Judged:
    draw: Draw
    is_right: bool
    seconds: float


def plain_words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c) and c not in "\u00ad_*'’‘`")
    return re.findall(r"[^\W_]+", text)


# -- true ones


def as_it_stands(words: str, rng: random.Random, book: Book) -> str:
    return words


def straight(words: str, rng: random.Random, book: Book) -> str:
    return words.translate(str.maketrans("“”‘’", "\"\"''"))


def curly(words: str, rng: random.Random, book: Book) -> str:
    words = re.sub(r"(?<!\w)'(?=\w)", "‘", words).replace("'", "’")
    return re.sub(r'(?<!\w)"(?=\w)', "“", words).replace('"', "”")


def dashes(words: str, rng: random.Random, book: Book) -> str:
    mark = rng.choice(["—", "--", " – ", " - ", "–"])
    return re.sub(r"\s*(?:—|--+|–)\s*", mark, words).strip()


def ellipses(words: str, rng: random.Random, book: Book) -> str:
    return re.sub(r"…|\.{3,}", rng.choice(["…", "...", ". . ."]), words)


def no_break_spaces(words: str, rng: random.Random, book: Book) -> str:
    return re.sub(r"\s+", lambda _: rng.choice(" \u00a0\u202f\u2009"), words)


def line_breaks(words: str, rng: random.Random, book: Book) -> str:
    return re.sub(r"\s+", lambda _: rng.choice([" ", "\n", "\r\n", "  "]), words)


def soft_hyphens(words: str, rng: random.Random, book: Book) -> str:
    def parted(match: re.Match[str]) -> str:
        place = rng.randrange(1, len(match[0]))
        return match[0][:place] + "\u00ad" + match[0][place:]

    return re.sub(r"[A-Za-z]{5,}", parted, words)


def ligatures(words: str, rng: random.Random, book: Book) -> str:
    for letters, ligature in _LIGATURES.items():
        words = words.replace(letters, ligature)
    return words


def emphasis(words: str, rng: random.Random, book: Book) -> str:
    bare = words.replace("_", "")
    told = list(_WORD.finditer(bare))
    word = rng.choice(told)
    mark = rng.choice("_*")
    return f"{bare[: word.start()]}{mark}{word[0]}{mark}{bare[word.end() :]}"


def first_letter(words: str, rng: random.Random, book: Book) -> str:
    return words[:1].swapcase() + words[1:]


def other_end(words: str, rng: random.Random, book: Book) -> str:
    return words.rstrip(" .,;:!?—–-…'’") + rng.choice(["", ",", ".", "!", "...", "—"])


def a_stretch(words: str, rng: random.Random, book: Book) -> str:
    told = list(_WORD.finditer(words))
    if len(told) <= LEAST_WORDS + 1:
        return words
    first = rng.randrange(0, len(told) - LEAST_WORDS)
    last = rng.randrange(first + LEAST_WORDS, len(told))
    return words[told[first].start() : told[last].end()]


def elided(words: str, rng: random.Random, book: Book) -> str:
    told = list(_WORD.finditer(words))
    if len(told) < 9:
        return words
    first = rng.randrange(3, len(told) - 4)
    last = rng.randrange(first + 1, len(told) - 3)
    mark = rng.choice([" ... ", "… ", " […] ", " [...] ", " . . . "])
    return words[: told[first - 1].end()] + mark + words[told[last].start() :]


# -- false ones


def changed_word(words: str, rng: random.Random, book: Book) -> str:
    place = rng.choice(list(_WORD.finditer(words)))
    return words[: place.start()] + rng.choice(book.words) + words[place.end() :]


def added_word(words: str, rng: random.Random, book: Book) -> str:
    place = rng.choice(list(_WORD.finditer(words))[:-1])
    return f"{words[: place.end()]} {rng.choice(book.words)}{words[place.end() :]}"


def missing_word(words: str, rng: random.Random, book: Book) -> str:
    place = rng.choice(list(_WORD.finditer(words))[1:-1])
    return words[: place.start()].rstrip() + " " + words[place.end() :].lstrip()


def moved_word(words: str, rng: random.Random, book: Book) -> str:
    told = list(_WORD.finditer(words))
    at = rng.randrange(0, len(told) - 1)
    one, other = told[at], told[at + 1]
    between = words[one.end() : other.start()]
    return words[: one.start()] + other[0] + between + one[0] + words[other.end() :]


def spliced(words: str, rng: random.Random, book: Book) -> str:
    other = rng.choice(book.quotations)
    first, second = list(_WORD.finditer(words)), list(_WORD.finditer(other))
    head = words[: first[max(1, len(first) // 2) - 1].end()]
    return (
        f"{head}{rng.choice([' ', ', ', '. ', ' and '])}{other[second[len(second) // 2].start() :]}"
    )


def invented(words: str, rng: random.Random, book: Book) -> str:
    told = [rng.choice(book.words) for _ in _WORD.findall(words)]
    return " ".join(told).capitalize() + "."


TRUE: tuple[Change, ...] = (
    as_it_stands,
    straight,
    curly,
    dashes,
    ellipses,
    no_break_spaces,
    line_breaks,
    soft_hyphens,
    ligatures,
    emphasis,
    first_letter,
    other_end,
    a_stretch,
    elided,
)
FALSE: tuple[Change, ...] = (
    changed_word,
    added_word,
    missing_word,
    moved_word,
    spliced,
    invented,
)


# -- drawing and judging


def draws(books: Sequence[Book], count: int, seed: int) -> Iterator[Draw]:
    rng = random.Random(seed)
    for place in range(count):
        book = books[place % len(books)]
        is_true = place // len(books) % 2 == 0
        while True:
            change = rng.choice(TRUE if is_true else FALSE)
            quotation = change(rng.choice(book.quotations), rng, book)
            if is_true or not book.says(quotation):
                break
        marks = rng.choice([m for m in _MARKS if not set(m) & _clashing(quotation)])
        marked = f"{marks[0]}{quotation}{marks[1]}"
        reply = rng.choice(_TEMPLATES).format(marked)
        yield Draw(book, change.__name__, is_true, quotation, reply)


def _clashing(quotation: str) -> set[str]:
    """Marks that nobody would put round it: they stand in it already."""
    clashing = set(quotation) & set('“”"«»„')
    if clashing & set("“”„"):
        clashing |= set("“”„")
    if re.search(r"(?<!\w)['‘’]|['‘’](?!\w)", quotation):
        clashing |= set("'‘’")
    return clashing


def judge(draw: Draw) -> Judged:
    started = time.perf_counter()
    told = check(draw.book.read, draw.reply)
    seconds = time.perf_counter() - started
    start = draw.reply.index(draw.quotation)
    place = Span(start, start + len(draw.quotation)).trimmed(draw.reply)
    ours = [q for q in told if q.place == place]
    if not draw.is_true:
        is_right = [q.is_verified for q in ours] == [False]
    else:
        is_right = [says_the_same(draw.book, q) for q in ours] == [True]
    return Judged(draw, is_right, seconds)


def check(book: ReadBook, reply: str) -> list[Quotation]:
    """What is told of a reply that is about the book, by nobody in it."""
    stretches, quotations = QuotedStretches(), QuotationCheck(book)
    told = quotations.read(stretches.feed(reply), reply)
    return told + quotations.read(stretches.end(), reply, is_whole=True)


def says_the_same(book: Book, quotation: Quotation) -> bool:
    source = quotation.source
    if source is None:
        return False
    text = book.read.text.text
    said = " ".join(part.of(text) for part in source.parts or (source.span,))
    same = "".join(plain_words(said)) == "".join(plain_words(quotation.text))
    return same and source.exact == source.span.of(text)


# -- books


def book_of_file(path: Path) -> Book:
    parsed = parse_bytes(path.read_bytes(), path.name, "", ParsingLimits())
    cast = extract_cast(parsed.text, parsed.layout, parsed.metadata.language)
    said = [quote.span.of(parsed.text) for quote in cast.quotes]
    return _book(path.stem, parsed.text, parsed.layout, cast, said)


def annotated_novel(folder: Path) -> Book:
    text = (folder / "novel_text.txt").read_bytes().decode("utf-8")
    layout = BookLayout(len(text), (Chapter(0, folder.name, Span(0, len(text)), number=1),))
    with (folder / "quotation_info.csv").open(encoding="utf-8", newline="") as rows:
        spans = [ast.literal_eval(row["quoteByteSpans"]) for row in csv.DictReader(rows)]
    said = [" ".join(text[a:b] for a, b in pieces) for pieces in spans if _is_one(text, pieces)]
    return _book(folder.name, text, layout, extract_cast(text, layout), said)


def _is_one(text: str, pieces: Sequence[Sequence[int]]) -> bool:
    """What goes on behind paragraphs of narration is two places, whoever says both."""
    gaps = [text[a[1] : b[0]] for a, b in itertools.pairwise(pieces)]
    return not any("\n\n" in gap and any(map(str.isalnum, gap)) for gap in gaps)


def _book(name: str, text: str, layout: BookLayout, cast: Cast, said: list[str]) -> Book:
    plain = plain_words(text)
    return Book(
        name=name,
        read=ReadBook.up_to(WHOLE_BOOK, QuotableText(text, cast.quotes), layout, cast),
        quotations=tuple(
            s for s in said if len(_WORD.findall(s)) > LEAST_WORDS and len(s) <= _LONGEST
        ),
        words=tuple(dict.fromkeys(_WORD.findall(text))),
        plain=f" {' '.join(plain)} ",
    )


def books_of(data: Path) -> list[Book]:
    novels = sorted(p.parent for p in (data / "pdnc-dev").glob("*/quotation_info.csv"))
    epubs = sorted((data / "books").glob("*.epub"))
    books = [annotated_novel(n) for n in novels] + [book_of_file(e) for e in epubs]
    if not books:
        raise SystemExit(f"{data} holds no pdnc-dev and no books.")
    return books


def print_report(judged: Sequence[Judged], *, examples: int = 0) -> None:
    by_kind: defaultdict[tuple[bool, str], Counter[bool]] = defaultdict(Counter)
    for one in judged:
        by_kind[not one.draw.is_true, one.draw.kind][one.is_right] += 1
    print(f"{'kind':20}{'drawn':>8}{'right':>8}")
    for (is_false, kind), counts in sorted(by_kind.items()):
        share = counts[True] / counts.total()
        print(f"{'false: ' if is_false else 'true:  '}{kind:14}{counts.total():7d}{share:8.3f}")
    milliseconds = sorted(1_000 * one.seconds for one in judged)
    print(f"{'all':20}{len(judged):8d}{accuracy(judged):8.4f}")
    print(
        f"milliseconds a reply: median {statistics.median(milliseconds):.2f}, "
        f"99th percentile {milliseconds[int(0.99 * len(milliseconds))]:.2f}"
    )
    for one in [one for one in judged if not one.is_right][:examples]:
        print(f"\n{one.draw.book.name}, {one.draw.kind}, true: {one.draw.is_true}")
        print(repr(one.draw.reply))


def accuracy(judged: Sequence[Judged]) -> float:
    return sum(one.is_right for one in judged) / len(judged)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--book", type=Path, nargs="*", default=[])
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--examples", type=int, default=0, help="of what was judged wrongly")
    arguments = parser.parse_args()
    books = [book_of_file(path) for path in arguments.book]
    if arguments.data is not None:
        books += books_of(arguments.data)
    if not books:
        parser.error("give --data or --book")
    judged = [judge(draw) for draw in draws(books, arguments.count, arguments.seed)]
    print_report(judged, examples=arguments.examples)


if __name__ == "__main__":
    main()
