"""What is learned from is what a search goes by."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from adapters.outbound.embedding.minilm_encoder import MiniLmEncoder
from adapters.outbound.reranking.learned_order import load_learned
from application.hybrid_search import SearchRequest
from application.late_interaction import MAX_ADAPTED_TOKENS
from benchmarks.embedded_library import Record
from benchmarks.question_books import QuestionBooks
from domain.book import ContentVersion
from domain.features import Features
from domain.network import Network
from domain.ranking import ADAPTED, POOL, Learned
from training.search.examples import Example, Examples

SENTENCES = [
    "The keeper of the light was called Martha, and she was never seen without her grey shawl.",
    "Every evening she climbed the ninety steps and lit the great lamp with a splint of pine.",
    "Her brother sailed out for herring, and the sea gave neither him nor his boat back.",
    "On the third of May a stranger rowed over, who said that he bought clocks.",
    "He wound the one on the stairs, which had stood still since the winter of the ice.",
    "At midnight it struck thirteen, and the stranger laughed until the windows shook.",
]
PARAGRAPHS = [" ".join([sentence] * 10) for sentence in SENTENCES]  # a passage each
CHAPTER = "\n\n".join(PARAGRAPHS)
SECOND = CHAPTER.replace("Martha", "Agnes")
TEXT = f"{CHAPTER}\n\n{SECOND}"


def asked(question: str, paragraph: int, before: int = 0) -> Record:
    """About a paragraph of the first chapter and so many code points before it."""
    start = CHAPTER.index(PARAGRAPHS[paragraph])
    gold = {"start": start - before, "end": start + len(PARAGRAPHS[paragraph])}
    return {"question": question, "gold": [gold]}


QUESTIONS: list[Record] = [
    asked("What did the stranger buy?", 3),
    asked("Who wound the clock that stood still?", 4, before=60),
    asked("Who wound it, the " + "stranger or the keeper or her brother or " * 20, 4),
    {"question": "Who stole the moon?", "gold": [{"start": 10**6, "end": 10**6 + 100}]},
]
BOOK: Record = {
    "book": "light",
    "text": TEXT,
    "chapters": [
        {"title": "One", "start": 0, "end": len(CHAPTER)},
        {"title": "Two", "start": len(CHAPTER) + 2, "end": len(TEXT)},
    ],
}


@dataclass
class Indexed:
    books: QuestionBooks
    version: ContentVersion
    folder: Path

    async def examples(self, *, with_tokens: bool) -> tuple[Examples, list[Example]]:
        encoder = MiniLmEncoder(self.folder / "models")
        examples = Examples(self.books, encoder, with_tokens=with_tokens)
        return examples, await examples.of(self.version, QUESTIONS)


@pytest.fixture
async def indexed(tmp_path: Path) -> AsyncIterator[Indexed]:
    books = QuestionBooks(tmp_path, None)
    version, _ = await books.add(BOOK)
    yield Indexed(books, version, tmp_path)
    await books.aclose()


class Watching:
    """Leaves the order as it is, and keeps what it was shown."""

    def __init__(self) -> None:
        self.seen: list[Features] = []

    def score(self, inputs: Features) -> float:
        self.seen.append(inputs)
        return -float(len(self.seen))


@pytest.mark.parametrize("with_tokens", [True, False])
async def test_the_features_are_those_that_a_search_is_ranked_by(
    indexed: Indexed, with_tokens: bool
) -> None:
    examples, (example, *_) = await indexed.examples(with_tokens=with_tokens)
    shipped = load_learned()
    network = shipped.with_tokens if with_tokens else shipped.without
    assert isinstance(network, Network)
    given = tuple(name for name in network.names if not name.startswith(tuple(ADAPTED)))
    assert examples.names == given

    judge = Watching()
    search = indexed.books.search(with_tokens=with_tokens, learned=Learned(judge, judge))
    await search.search(SearchRequest(indexed.version, QUESTIONS[0]["question"], limit=POOL))
    rows = [[inputs[name] for name in examples.names] for inputs in judge.seen]
    assert example.rows == pytest.approx(np.array(rows), rel=1e-5, abs=1e-6)


async def test_right_is_what_overlaps_the_answer_and_a_question_without_any_is_left_out(
    indexed: Indexed,
) -> None:
    _, found = await indexed.examples(with_tokens=True)
    assert len(found) == 3
    for example, question in zip(found, QUESTIONS, strict=False):
        assert example.tokens is not None
        (gold,) = question["gold"]
        pool = example.tokens.pool.tolist()
        spans = await indexed.books.spans(indexed.version, pool)
        shared = [min(s.end, gold["end"]) - max(s.start, gold["start"]) for s in spans]
        assert example.right.tolist() == [length > 100 for length in shared]
        assert example.right.sum() == 1
        assert len(example.rows) == len(pool) > 10


async def test_of_tokens_there_is_what_a_head_moves_and_compares(indexed: Indexed) -> None:
    _, (example, _, long) = await indexed.examples(with_tokens=True)
    assert long.tokens is not None
    assert long.tokens.states.shape == (MAX_ADAPTED_TOKENS, 384)
    tokens = example.tokens
    assert tokens is not None
    assert tokens.states.shape == (len(tokens.rarities), 384)
    assert tokens.rarities[0] == tokens.rarities[-1] == 0  # the marks of both ends
    assert tokens.rarities.sum() == pytest.approx(1)
    lengths = np.linalg.norm(tokens.book.rows, axis=2)[tokens.book.there]
    assert lengths == pytest.approx(np.ones(len(lengths)), abs=0.02)
    assert not tokens.book.rows[~tokens.book.there].any()
    halves = len(tokens.book.rows) // 2  # both chapters are cut alike
    for passage, beside in zip(tokens.pool.tolist(), tokens.beside.tolist(), strict=True):
        there = {p for p in (passage - 1, passage + 1) if p // halves == passage // halves}
        assert {p for p in beside if p >= 0} == there - {-1}


async def test_without_token_vectors_there_is_nothing_for_a_head(indexed: Indexed) -> None:
    _, found = await indexed.examples(with_tokens=False)
    assert [example.tokens for example in found] == [None] * 3
