"""What extracting a cast costs: words a second, peak memory, and how both grow with length.

Longer texts than one novel are novels one after another, each once, so that people and places go
on being new as they would in a longer book.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.outbound.cast.extract import extract_cast

TEXT_FILE = "novel_text.txt"
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)  # words
_WINDOW = 8  # words that stand together in one book alone
_SAMPLED = 32  # one window in so many is compared
_SHARED = 0.1  # of the windows: then two texts are editions of one book
_REPEAT_BELOW = 100_000  # words; short runs are timed several times, the fastest counts
# Not getrusage: what that tells begins with the peak of whoever started the process.
_PEAK = """
import pathlib, sys
from adapters.outbound.cast.extract import extract_cast
extract_cast(pathlib.Path(sys.argv[1]).read_bytes().decode("utf-8"))
told = pathlib.Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM:")))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    words: int
    seconds: float  # of one processor

    @property
    def rate(self) -> float:
        """Words a second."""
        return self.words / self.seconds if self.seconds else 0.0


def peak_memory(text_file: Path) -> float:
    """MB (2**20 bytes) that a fresh process holds at most, the interpreter included; on Linux."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, text_file], check=True, capture_output=True, text=True
    )
    return int(done.stdout) / 1024


def measure(text: str, words: int) -> Cost:
    repeats = max(1, min(5, _REPEAT_BELOW // words))
    return Cost(words, min(_seconds(text) for _ in range(repeats)))


def _seconds(text: str) -> float:
    started = time.process_time()
    extract_cast(text)
    return time.process_time() - started


def growth(texts: Iterable[str], sizes: Sequence[int] = SIZES) -> list[Cost]:
    """The cost of the first so many words of the texts, as far as they reach."""
    whole = "\n\n".join(texts)
    ends = [match.end() for match in re.finditer(r"\S+", whole)]
    reached = [size for size in sizes if size < len(ends)]
    if len(reached) < len(sizes) and ends:
        reached.append(len(ends))
    return [measure(whole[: ends[size - 1]], size) for size in reached]


def exponent(costs: Sequence[Cost]) -> float:
    """b of seconds = a * words**b, by least squares over the logarithms; two costs at least."""
    across = [math.log(cost.words) for cost in costs]
    up = [math.log(cost.seconds) for cost in costs]
    middle, height = sum(across) / len(across), sum(up) / len(up)
    covariance = sum((x - middle) * (y - height) for x, y in zip(across, up, strict=True))
    return covariance / sum((x - middle) ** 2 for x in across)


def read_texts(source: Path) -> Iterator[str]:
    """The texts of a folder of novels, or of the lines of a JSON-lines file ("text")."""
    if source.is_dir():
        for path in sorted(source.glob(f"*/{TEXT_FILE}")):
            yield path.read_bytes().decode("utf-8")
        return
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def distinct(texts: Iterable[str]) -> Iterator[str]:
    """Each book once, in its first edition."""
    known: set[int] = set()
    for text in texts:
        windows = _windows(text)
        if len(windows & known) <= _SHARED * len(windows):
            known |= windows
            yield text


def _windows(text: str) -> set[int]:
    words = re.findall(r"\w+", text.lower())
    hashes = (hash(tuple(words[i : i + _WINDOW])) for i in range(len(words)))
    return {h for h in hashes if h % _SAMPLED == 0}
