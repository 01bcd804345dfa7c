"""The directions in which the model's token vectors differ most, from the text of LitBank.

Principal components (Jolliffe, "Principal Component Analysis", 2002) of unit vectors, no mean
taken away: what is kept are cosines.

    python -m training.search.projection LITBANK [--out FILE]

LITBANK: a checkout of https://github.com/dbamman/litbank, CC BY 4.0; its texts alone are read.
A minute on one core; nothing in it is random.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder
from adapters.outbound.embedding.token_projection import SHIPPED_FILE, TokenProjection
from domain.sentences import sentences
from domain.span import Span
from training.cast.litbank import load_litbank

STATES = 384  # of the model
WIDTH = 64  # more gain little and less cost some: docs/search.md
STRETCH = 1000  # characters encoded at a time: about a passage


def components(texts: Iterable[str], cache: Path) -> npt.NDArray[np.float32]:
    """float32 [STATES, WIDTH], orthonormal columns, the first the direction of most."""
    whole = cache / "whole.npy"
    np.save(whole, np.eye(STATES, dtype=np.float32))
    encoder = MiniLmEncoder(cache, projection=TokenProjection(whole))
    products = np.zeros((STATES, STATES))
    for text in texts:
        _, tokens = encoder.encode(list(_stretches(text)))
        for found in tokens:
            rows = np.frombuffer(found.levels, np.int8).reshape(-1, STATES).astype(np.float32)
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            products += rows.T @ rows
    _, vectors = np.linalg.eigh(products)
    kept = vectors[:, ::-1][:, :WIDTH]
    # A direction and its opposite are as good: the largest share is made positive.
    largest = kept[np.abs(kept).argmax(axis=0), np.arange(WIDTH)]
    signed: npt.NDArray[np.float32] = (kept * np.sign(largest)).astype(np.float32)
    return signed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("litbank", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED_FILE)
    arguments = parser.parse_args()
    texts = [excerpt.text for excerpt in load_litbank(arguments.litbank)]
    with tempfile.TemporaryDirectory() as folder:
        np.save(arguments.out, components(texts, Path(folder)))
    print(f"{arguments.out}: {STATES} x {WIDTH}, from {len(texts)} excerpts")


def _stretches(text: str) -> Iterable[str]:
    start = end = 0
    for sentence in sentences(text, Span(0, len(text))):
        if sentence.end - start > STRETCH and end > start:
            yield text[start:end]
            start = sentence.start
        end = sentence.end
    if end > start:
        yield text[start:end]


if __name__ == "__main__":
    main()
