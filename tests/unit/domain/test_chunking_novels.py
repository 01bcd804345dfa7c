"""Passages of whole novels: positions, sizes, nothing lost."""

import os
from pathlib import Path

import pytest

from adapters.outbound.tokens.tiktoken_counter import TiktokenCounter
from domain.book import BookLayout, Chapter
from domain.chunking import Limits, chunk
from domain.span import Span

pytestmark = pytest.mark.eval_data


@pytest.fixture
def novels() -> list[Path]:
    folder = os.environ.get("FALSAFA_EVAL_DIR")
    if not folder:
        pytest.skip("FALSAFA_EVAL_DIR names no folder with evaluation data")
    return sorted(Path(folder).glob("pdnc-dev/*/novel_text.txt"))


def test_every_passage_slices_to_its_text_and_nothing_is_lost(novels: list[Path]) -> None:
    counter = TiktokenCounter()
    for novel in novels:
        text = novel.read_text("utf-8")
        layout = BookLayout(len(text), (Chapter(0, novel.parent.name, Span(0, len(text))),))
        passages = chunk(text, layout, counter.count_all)
        assert "".join("".join(p.text.split()) for p in passages) == "".join(text.split())
        assert all(p.text == p.span.of(text) for p in passages)
        assert max(len(p.text) for p in passages) <= Limits().characters
        tokens = counter.count_all([p.text for p in passages])
        assert max(tokens) <= 1.1 * Limits().tokens
        assert sum(tokens) / len(tokens) > 0.7 * Limits().tokens
