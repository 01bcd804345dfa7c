import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import signals
from domain.book_terms import BookTerms
from domain.signals import LENGTH_SHARE, SATURATION
from domain.terms import terms
from domain.token_matches import AdaptedMatches
from tests.token_matches import token_matches
from tests.unit.domain.small_books import TEXTS, WORDS, book_of, passages_of

READ = st.integers(0, 12)
QUERIES = st.lists(WORDS, max_size=5)


def bm25(counts: Sequence[Sequence[int]], lengths: Sequence[float]) -> dict[int, float]:
    """As the paper has it. `counts`: by term, of each unit; `lengths`: of the units, in the mean
    1."""
    found: dict[int, float] = {}
    for row in counts:
        having = sum(count > 0 for count in row)
        rarity = math.log(1 + (len(row) - having + 0.5) / (having + 0.5))
        for unit, count in enumerate(row):
            norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * lengths[unit])
            if count:
                score = rarity * count * (SATURATION + 1) / (count + norm)
                found[unit] = found.get(unit, 0.0) + score
    return found


def relative(lengths: Sequence[int], mean: float) -> list[float]:
    return [length / mean if mean else 0.0 for length in lengths]


@given(texts=TEXTS, query=QUERIES, read=READ)
def test_words_of_a_passage_and_its_context_are_weighed_by_bm25_over_what_was_read(
    texts: list[str], query: list[str], read: int
) -> None:
    passages = [
        replace(passage, context=context)
        for passage, context in zip(passages_of(texts), reversed(texts), strict=True)
    ]
    known = [terms(f"{p.text} {p.context}") for p in passages[:read]]
    wanted, lengths = terms(" ".join(query)), [len(words) for words in known]
    expected = bm25(
        [[words.count(term) for words in known] for term in wanted],
        relative(lengths, sum(lengths) / max(1, len(known))),
    )
    found = signals.words(BookTerms(passages), wanted, len(known))
    assert found == pytest.approx(expected)


@given(texts=TEXTS, query=QUERIES, read=READ)
def test_pairs_are_neighbours_in_the_query_and_in_the_text(
    texts: list[str], query: list[str], read: int
) -> None:
    known, wanted = [terms(text) for text in texts[:read]], terms(" ".join(query))
    stream = [(term, n) for n, text in enumerate(known) for term in text]
    counts = [
        [
            sum((a, b) == pair and place == n for (a, place), (b, _) in pairwise(stream))
            for n in range(len(known))
        ]
        for pair in pairwise(wanted)
    ]
    found = signals.pairs(BookTerms(passages_of(texts)), wanted, len(known))
    assert found == pytest.approx(bm25(counts, [1.0] * len(known)))


@given(texts=TEXTS, query=QUERIES, read=READ)
def test_a_scene_is_a_passage_with_those_beside_it_in_its_chapter(
    texts: list[str], query: list[str], read: int
) -> None:
    passages = passages_of(texts)[:read]
    scenes = [
        [
            term
            for other in passages
            if other.chapter_index == one.chapter_index and abs(other.index - one.index) <= 1
            for term in terms(other.text)
        ]
        for one in passages
    ]
    wanted = terms(" ".join(query))
    mean = 3 * sum(len(terms(p.text)) for p in passages) / max(1, len(passages))
    expected = bm25(
        [[scene.count(term) for scene in scenes] for term in wanted],
        relative([len(scene) for scene in scenes], mean),
    )
    found = signals.scenes(BookTerms(passages_of(texts)), wanted, len(passages))
    assert found == pytest.approx(expected)


@given(texts=TEXTS, query=QUERIES, read=READ)
def test_all_passages_of_a_chapter_have_the_score_of_what_was_read_of_it(
    texts: list[str], query: list[str], read: int
) -> None:
    passages = passages_of(texts)[:read]
    chapters = [
        [term for p in passages if p.chapter_index == chapter for term in terms(p.text)]
        for chapter in sorted({p.chapter_index for p in passages})
    ]
    wanted = terms(" ".join(query))
    lengths = [len(chapter) for chapter in chapters]
    of_chapters = bm25(
        [[chapter.count(term) for chapter in chapters] for term in wanted],
        relative(lengths, sum(lengths) / max(1, len(chapters))),
    )
    found = signals.chapters(BookTerms(passages_of(texts)), wanted, len(passages))
    assert found == pytest.approx(
        {p.index: of_chapters[p.chapter_index] for p in passages if p.chapter_index in of_chapters}
    )


@given(texts=TEXTS, query=QUERIES)
@pytest.mark.parametrize("signal", [signals.words, signals.pairs, signals.scenes, signals.chapters])
def test_signals_are_positive_and_of_this_book(
    signal: signals.WordSignal, texts: list[str], query: list[str]
) -> None:
    scores = signal(BookTerms(passages_of(texts)), terms(" ".join(query)), len(texts))
    assert all(0 <= passage < len(texts) and score > 0 for passage, score in scores.items())


def test_nearness_is_counted_from_the_farthest() -> None:
    assert signals.nearness({3: 0.5, 1: 0.2, 7: -0.1}) == pytest.approx({3: 0.6, 1: 0.3, 7: 0.0})
    assert signals.nearness({}) == {}


def test_each_passage_has_the_better_of_its_neighbours_scores() -> None:
    book = book_of(*["boat"] * 6, chapter_length=4)
    assert signals.neighbours(book, {0: 1.0, 2: 3.0, 3: 0.5, 5: 2.0}, 6) == {
        1: 3.0,
        2: 0.5,
        3: 3.0,
        4: 2.0,  # 3 is in another chapter
    }
    assert signals.neighbours(book, {0: 3.0, 2: 1.0}, 3) == {1: 3.0}
    assert signals.neighbours(book, {1: 1.0}, 2) == {0: 1.0}


class TestTokens:
    """A query's, and what they come near to."""

    BOOK = book_of("boat", "boat", "boat", "storm", chapter_length=3)

    def weights(self, *words: str) -> list[float]:
        return signals.token_rarities(self.BOOK, words, 4)

    def test_a_rare_word_weighs_more_and_its_pieces_share_its_weight(self) -> None:
        rare, common = self.weights("storm", "boat")
        assert rare > common > 0
        assert rare + common == pytest.approx(1)
        assert self.weights("storm", "boat", "storm") == pytest.approx([rare / 2, common, rare / 2])
        assert self.weights("Storms", "boat") == [rare, common]  # by the term of a word

    def test_a_word_that_is_not_in_the_book_is_the_rarest(self) -> None:
        unknown, known = self.weights("harbour", "storm")
        assert unknown > known

    def test_a_word_is_as_rare_as_the_passages_that_have_it_are_few(self) -> None:
        book = book_of("storm storm storm", "boat", "harbour")
        assert signals.token_rarities(book, ["storm", "boat"], 3) == [0.5, 0.5]

    def test_a_token_of_no_word_weighs_nothing(self) -> None:
        assert self.weights("", "storm", "") == [0, 1, 0]
        assert self.weights("", "") == [0, 0]
        assert self.weights() == []

    @given(texts=TEXTS, words=st.lists(WORDS | st.just(""), max_size=6), read=READ)
    def test_how_rare_a_word_is_does_not_depend_on_what_comes_after(
        self, texts: list[str], words: list[str], read: int
    ) -> None:
        known = texts[:read]
        of_part = signals.token_rarities(BookTerms(passages_of(known)), words, len(known))
        assert of_part == signals.token_rarities(BookTerms(passages_of(texts)), words, len(known))
        assert sum(of_part) == pytest.approx(1 if any(words) else 0)

    def test_what_stands_beside_a_passage_counts_less_than_what_stands_in_it(self) -> None:
        cosines = {0: [0.1, 0.9], 1: [0.4, 0.0], 2: [0.8, 0.2], 3: [0.9, 0.9]}
        found = signals.best_matches(self.BOOK, cosines, 4, beside=0.5)
        expected = {0: [0.2, 0.9], 1: [0.4, 0.45], 2: [0.8, 0.2], 3: [0.9, 0.9]}
        assert found.keys() == expected.keys()
        for passage, row in expected.items():
            assert list(found[passage]) == pytest.approx(row)
        assert signals.best_matches(self.BOOK, cosines, 4, beside=0.0) == cosines

    def test_a_match_that_is_not_known_or_was_not_reached_is_passed_over(self) -> None:
        found = signals.best_matches(self.BOOK, {0: [0.1], 2: [0.8]}, 2, beside=1.0)
        assert found == {0: [0.1]}
        assert signals.best_matches(self.BOOK, {0: [0.1], 2: [0.8]}, 3, beside=1.0) == {
            0: [0.1],
            2: [0.8],
        }

    def test_late_interaction_is_the_weighted_mean_counted_from_the_farthest(self) -> None:
        found = signals.late_interaction({0: [0.9, 0.1], 1: [0.1, 0.9]}, [0.75, 0.25])
        assert found == pytest.approx({0: 0.7 - 0.3, 1: 0.0})
        assert signals.late_interaction({}, [1.0]) == {}

    def test_what_is_covered_is_a_share_of_the_weight(self) -> None:
        rows = {0: [0.8, 0.79, 0.9], 1: [0.1, 0.1, 0.1]}
        assert signals.covered(rows, [0.5, 0.3, 0.2], at_least=0.8) == {0: 0.7, 1: 0}

    def test_a_moved_token_weighs_as_its_word_times_a_factor_and_a_share(self) -> None:
        rare, common = self.weights("storm", "boat")
        heads = AdaptedMatches(
            words=("storm", "boat", ""),
            factors=[[1.0, 1.0, 1.0], [0.0, 2.0, 9.0]],
            shares=[[0.0, 0.0, 0.0], [0.0, 0.0, 2 * common]],
            nearest=lambda _: {},
        )
        first, second = signals.adapted_weights(self.BOOK, heads, 4)
        assert first == pytest.approx([rare, common, 0])
        assert second == pytest.approx([0, 0.5, 0.5])

    def test_each_head_compares_its_own_tokens(self) -> None:
        rows = {0: [1.0, 0.0, 0.2, 0.4], 1: [-0.5, 0.5, 0.0, 1.0]}
        first, second = signals.adapted(rows, [[1.0, 0.0], [0.5, 0.5]])
        assert first == {0: 1.0, 1: -0.5}  # as they are, not from the farthest
        assert second == pytest.approx({0: 0.3, 1: 0.5})

    def test_a_head_that_moves_nothing_agrees_with_the_query_s_own_tokens(self) -> None:
        cosines = {n: [0.1 * n, 0.3] for n in range(4)}
        matches = token_matches(("storm", "boat"), cosines, heads=2)
        weights = signals.token_rarities(self.BOOK, matches.words, 4)
        moved = signals.adapted(
            matches.adapted.nearest(range(4)),
            signals.adapted_weights(self.BOOK, matches.adapted, 4),
        )
        for scores in moved:
            assert signals.nearness(scores) == pytest.approx(
                signals.late_interaction(cosines, weights)
            )
