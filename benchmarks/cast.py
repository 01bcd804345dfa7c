"""Cast and quotations of whole novels: predictions in the scorer's format, and rows by book.

    python -m benchmarks.cast --data DIR --out DIR [--scorer SCRIPT] [--variants SCRIPT]
                              [--growth [SOURCE ...]]

DIR holds a folder a novel with its `novel_text.txt`, read exactly as it is (UTF-8, no newline
translated). OUT gets `<Novel>.json`. With `--scorer` (or the environment variable SCORER) the
script is run as `SCRIPT --batch DIR OUT` and prints its figures. `--variants` names a script that
writes a novel in other typography, `SCRIPT NOVEL_DIR OUT_DIR STYLE`; each style is then run and
scored like the texts themselves. `--growth` times ever longer texts, up to a million words, put
together from the novels and from further sources: folders like DIR, or JSON lines with a "text".

Words a second are of one core; peak memory is that of a process that reads the longest novel.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from adapters.outbound.cast.extract import extract_cast
from benchmarks.cast_cost import TEXT_FILE, distinct, exponent, growth, peak_memory, read_texts
from domain.cast_json import cast_to_json
from domain.frontier import WHOLE_BOOK

STYLES = ("curly", "single", "dash")
COLUMNS = f"{'novel':32}{'words':>9}{'seconds':>9}{'words/s':>9}{'people':>8}{'quotes':>8}"


@dataclass(frozen=True, slots=True)
class Row:
    novel: str
    words: int
    seconds: float
    people: int
    quotes: int

    def __str__(self) -> str:
        rate = self.words / self.seconds if self.seconds else 0.0
        return (
            f"{self.novel:32}{self.words:9d}{self.seconds:9.2f}{rate:9.0f}"
            f"{self.people:8d}{self.quotes:8d}"
        )


def predict(novel: Path, out: Path) -> Row:
    """Extract the cast of one novel into `out`; processor seconds of this process."""
    text = (novel / TEXT_FILE).read_bytes().decode("utf-8")
    started = time.process_time()
    cast = extract_cast(text).up_to(WHOLE_BOOK)  # with every identity that is told by its end
    seconds = time.process_time() - started
    out.mkdir(parents=True, exist_ok=True)
    prediction = json.dumps(cast_to_json(cast), ensure_ascii=False)
    (out / f"{novel.name}.json").write_text(prediction, encoding="utf-8")
    return Row(novel.name, len(text.split()), seconds, len(cast.characters), len(cast.quotes))


def predict_all(data: Path, out: Path) -> list[Row]:
    novels = sorted(path.parent for path in data.glob(f"*/{TEXT_FILE}"))
    if not novels:
        raise SystemExit(f"No folder in {data} holds a {TEXT_FILE}.")
    print(COLUMNS)
    rows = []
    for novel in novels:
        rows.append(predict(novel, out))
        print(rows[-1], flush=True)
    total = Row(
        "all",
        sum(r.words for r in rows),
        sum(r.seconds for r in rows),
        sum(r.people for r in rows),
        sum(r.quotes for r in rows),
    )
    print(total)
    return rows


def score(scorer: Path, data: Path, out: Path) -> None:
    subprocess.run([sys.executable, scorer, "--batch", data, out], check=True)


def run_variants(script: Path, scorer: Path | None, data: Path, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for style in STYLES:
            made = Path(folder, style)
            for text in sorted(data.glob(f"*/{TEXT_FILE}")):
                novel = text.parent
                subprocess.run([sys.executable, script, novel, made, style], check=True)
                (made / f"{novel.name}.{style}").rename(made / novel.name)
            print(f"\n{style}")
            predict_all(made, out / style)
            if scorer is not None:
                score(scorer, made, out / style)


def print_peak_memory(data: Path) -> None:
    longest = max(data.glob(f"*/{TEXT_FILE}"), key=lambda path: path.stat().st_size)
    print(f"peak memory: {peak_memory(longest):.0f} MB ({longest.parent.name}, the longest)")


def print_growth(sources: list[Path]) -> None:
    costs = growth(distinct(text for source in sources for text in read_texts(source)))
    print(f"\n{'words':>9}{'seconds':>9}{'words/s':>9}")
    for cost in costs:
        print(f"{cost.words:9d}{cost.seconds:9.2f}{cost.rate:9.0f}")
    if len(costs) > 1:
        print(f"seconds grow as words to the power of {exponent(costs):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scorer", type=Path, default=os.environ.get("SCORER"))
    parser.add_argument("--variants", type=Path, metavar="SCRIPT")
    parser.add_argument("--growth", type=Path, nargs="*", metavar="SOURCE")
    arguments = parser.parse_args()
    scorer = Path(arguments.scorer) if arguments.scorer else None
    predict_all(arguments.data, arguments.out)
    print_peak_memory(arguments.data)
    if scorer is not None:
        score(scorer, arguments.data, arguments.out)
    if arguments.variants is not None:
        run_variants(arguments.variants, scorer, arguments.data, arguments.out)
    if arguments.growth is not None:
        print_growth([arguments.data, *arguments.growth])


if __name__ == "__main__":
    main()
