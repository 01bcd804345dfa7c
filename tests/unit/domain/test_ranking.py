from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import ranking
from domain.book_terms import BookTerms
from domain.features import Features
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ranking import POOL, Learned, ranked
from domain.terms import terms
from domain.token_matches import AdaptedMatches
from tests.token_matches import token_matches
from tests.unit.domain.small_books import TEXTS, WORDS, book_of, passages_of


def order(book: BookTerms, query: str, cosines: dict[int, float] | None = None) -> list[int]:
    return ranked(book, terms(query), cosines or {}, range(len(book)), WHOLE_BOOK)


def test_the_words_asked_for_decide() -> None:
    book = book_of("a boat", "a lamp and a keeper", "a letter", "a keeper", chapter_length=1)
    assert order(book, "Who lit the keeper's lamp?")[:2] == [1, 3]


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    book = book_of("the keeper", "the storm", "the keeper", "the keeper", chapter_length=1)
    assert order(book, "keeper storm")[0] == 1


def test_words_side_by_side_count_more() -> None:
    apart = "the lamp broke in the great storm, and the keeper saw"
    together = "the keeper of the lamp saw the great storm break"
    book = book_of("boat", apart, "boat", together, chapter_length=1)
    assert order(book, "keeper lamp")[0] == 3


def test_names_in_the_context_count() -> None:
    plain, named = passages_of(["She ran down the stairs."] * 2, chapter_length=1)
    named = replace(named, context="Ada Wren")
    assert order(BookTerms([plain, named]), "Where did Ada run?") == [1, 0]


def test_the_scene_speaks_for_its_passages() -> None:
    book = book_of("letter", "a boat", "harbour", "letter", "a boat", "letter", chapter_length=3)
    assert sorted(order(book, "a boat in the harbour")[:2]) == [1, 2]


def test_both_sides_of_a_passage_speak_for_it() -> None:
    one = ["keeper", "keeper", "boat", "keeper"]
    other = ["keeper", "keeper", "keeper", "boat"]
    assert order(book_of(*one, *other, chapter_length=4), "keeper")[0] == 5


def test_the_chapter_speaks_for_its_passages() -> None:
    once, twice = ["lamp", "boat", "boat", "boat"], ["lamp", "boat", "boat", "lamp"]
    assert order(book_of(*once, *twice, chapter_length=4), "lamp")[:3] == [4, 7, 0]


def test_a_neighbour_lends_some_of_its_evidence() -> None:
    book = book_of("nothing", "the lamp", "nothing", "other", "nothing", chapter_length=5)
    assert order(book, "lamp") == [1, 0, 2, 3, 4]


def test_a_neighbour_near_in_meaning_lends_some_of_it_too() -> None:
    book = book_of(*["boat"] * 5, chapter_length=5)
    assert order(book, "vessel", {0: 0.1, 1: 0.1, 2: 0.9, 3: 0.1, 4: 0.1}) == [2, 1, 3, 0, 4]


@given(texts=TEXTS, query=st.lists(WORDS, max_size=5))
def test_one_chapter_alone_says_nothing_of_its_passages(texts: list[str], query: list[str]) -> None:
    book = book_of(*texts, chapter_length=len(texts))
    near = {passage: 0.5 + 0.01 * passage for passage in range(len(texts))}
    found = order(book, " ".join(query), near)
    with patch.dict(ranking.WEIGHTS, chapters=0.0):
        assert found == order(book, " ".join(query), near)


def test_no_evidence_crosses_the_end_of_a_chapter() -> None:
    book = book_of("nothing", "the lamp", "nothing", "nothing", chapter_length=2)
    assert order(book, "lamp") == [1, 0, 2, 3]


def test_meaning_decides_where_no_word_is_shared() -> None:
    book = book_of("boat", "harbour", "letter", chapter_length=1)
    assert order(book, "vessel", {0: 0.2, 1: 0.7, 2: 0.3}) == [1, 2, 0]
    assert order(book, "", {0: 0.2, 1: 0.7, 2: 0.3}) == [1, 2, 0]


def test_a_token_that_comes_near_decides_where_no_word_is_shared() -> None:
    book = book_of("boat", "harbour", "letter", chapter_length=1)
    matches = token_matches(("vessel",), {0: [0.9], 1: [0.2], 2: [0.3]})
    assert ranked(book, terms("vessel"), {}, range(3), WHOLE_BOOK, matches) == [0, 2, 1]


def test_what_comes_near_a_token_lends_some_of_it_to_those_beside_it() -> None:
    book = book_of("boat", "boat", "boat", "boat", chapter_length=3)
    matches = token_matches(("storm",), {0: [0.1], 1: [0.1], 2: [0.8], 3: [0.1]})
    found = ranking.evidence_of(book, terms("storm"), {}, WHOLE_BOOK, matches)
    assert found.signals["tokens"] == pytest.approx({0: 0, 1: 0.85 * 0.8 - 0.1, 2: 0.7, 3: 0})


def test_moved_tokens_are_compared_for_the_pool_and_those_beside_it_alone() -> None:
    book = book_of(*["boat"] * 100, chapter_length=20)
    asked: list[int] = []

    def nearest(passages: Sequence[int]) -> dict[int, list[float]]:
        asked.extend(passages)
        return {passage: [0.5] for passage in passages}

    matches = replace(
        token_matches(("boat",), {n: [0.01 * n] for n in range(90)}),
        adapted=AdaptedMatches(("boat",), [[1.0]], [[0.0]], nearest),
    )
    found = book, ["boat"], {89: 0.1, 88: 0.2}, range(90), Frontier(9000), matches
    pool = ranked(*found)[:POOL]
    ranked(*found, learned("adapted 1"))
    assert asked == book.with_those_beside(pool, 90)
    assert set(asked) > set(pool)


def test_what_was_learned_sees_matches_alone_and_with_those_beside() -> None:
    book = book_of(*["boat"] * 3, chapter_length=3)
    matches = token_matches(("storm",), {0: [0.2], 1: [0.2], 2: [0.9]}, heads=2)
    judge = Judge("fused")
    pool = ranked(book, ["storm"], {0: 0.1}, range(3), WHOLE_BOOK, matches, Learned(judge, judge))
    assert len(pool) == 3
    _, middle, _ = judge.seen  # 2, then 1, which it lends something
    assert middle["covered"] == 0
    assert middle["covered near by"] == 1
    assert middle["own tokens below best"] < middle["all tokens below best"] == 0
    for head in (1, 2):
        assert middle[f"own adapted {head} above mean"] == pytest.approx(0.2 - 1.3 / 3)
        assert middle[f"adapted {head} above mean"] == pytest.approx(
            0.765 - (0.2 + 0.765 + 0.9) / 3
        )


class Judge:
    """Puts first what the signal says least of."""

    def __init__(self, signal: str) -> None:
        self._signal = signal
        self.seen: list[Features] = []

    def score(self, inputs: Features) -> float:
        self.seen.append(inputs)
        return -inputs[self._signal]


def learned(signal: str = "fused") -> Learned:
    return Learned(with_tokens=Judge(signal), without=Judge(signal))


def test_what_was_learned_orders_the_best_of_what_was_found_and_no_more() -> None:
    texts = ["lamp"] * (POOL // 2) + ["lamp keeper"] + ["storm"] * POOL
    book = book_of(*texts, chapter_length=1)
    cosines = {0: 0.5}
    by_hand = ranked(book, ["lamp", "keeper"], cosines, range(len(texts)), WHOLE_BOOK)
    order = ranked(
        book, ["lamp", "keeper"], cosines, range(len(texts)), WHOLE_BOOK, learned=learned()
    )
    assert by_hand[0] == order[POOL - 1] == POOL // 2
    assert order[POOL:] == by_hand[POOL:]
    assert sorted(order) == sorted(by_hand)


def test_each_way_to_search_has_a_judge_of_its_own() -> None:
    book = book_of("boat", "harbour", "letter", chapter_length=1)
    matches = token_matches(("boat",), {0: [0.9], 1: [0.2], 2: [0.3]})
    both = Learned(with_tokens=Judge("tokens"), without=Judge("words"))
    cosines = {0: 0.5}
    found = ranked(book, ["boat"], cosines, range(3), WHOLE_BOOK, matches, both)
    assert found == [1, 2, 0]
    assert ranked(book, ["boat"], cosines, range(3), WHOLE_BOOK, learned=both)[-1] == 0


def test_a_search_by_words_alone_keeps_the_order_set_by_hand() -> None:
    book = book_of("a boat", "a lamp", chapter_length=1)
    assert ranked(book, ["lamp"], {}, range(2), WHOLE_BOOK, learned=learned())[0] == 1


def test_a_passage_is_compared_with_the_pool_its_chapter_and_those_beside_it() -> None:
    book = book_of("lamp", "lamp keeper", "boat", "lamp", chapter_length=3)
    judge = Judge("fused")
    ranked(book, ["lamp", "keeper"], {0: 0.1}, range(4), WHOLE_BOOK, learned=Learned(judge, judge))
    best, second = judge.seen[:2]
    assert best["fused below best"] == best["fused place"] == best["below best of chapter"] == 0
    assert second["fused below best"] < 0 < second["fused place"]
    assert second["place"] == 0
    assert best["place"] == 0.5
    assert best["words before"] == second["words"]


def test_only_candidates_are_ranked_and_each_once() -> None:
    book = book_of("lamp", "lamp", "lamp")
    assert ranked(book, ["lamp"], {}, [2, 0, 2], WHOLE_BOOK) == [0, 2]


def test_a_candidate_that_the_book_does_not_have_is_passed_over() -> None:
    assert ranked(book_of("lamp"), ["lamp"], {9: 0.5, 1: 0.5, 0: 0.4}, [9, 1, 0], WHOLE_BOOK) == [0]


def test_an_empty_book_has_no_order() -> None:
    assert ranked(BookTerms([]), ["lamp"], {}, [], WHOLE_BOOK) == []


@given(texts=TEXTS, query=st.lists(WORDS, max_size=5), read=st.integers(0, 12))
def test_nothing_beyond_the_frontier_has_a_part_in_the_order(
    texts: list[str], query: list[str], read: int
) -> None:
    wanted = terms(" ".join(query))
    known = texts[:read]
    whole, part = BookTerms(passages_of(texts)), BookTerms(passages_of(known))
    cosines = {n: 0.1 * n for n in range(len(known))}
    words = tuple(query)
    of_whole = token_matches(words, {n: [0.1 * n] * len(words) for n in range(len(texts))})
    of_part = token_matches(words, {n: [0.1 * n] * len(words) for n in range(len(known))})
    up_to = Frontier(100 * read + 99)
    for judges in (
        None,
        learned("all tokens"),
        learned("chapter below best"),
        learned("place"),
        learned("adapted 1"),
    ):
        all_of_it = ranked(whole, wanted, cosines, range(len(texts)), up_to, of_whole, judges)
        assert all_of_it == ranked(
            part, wanted, cosines, range(len(known)), WHOLE_BOOK, of_part, judges
        )


@given(TEXTS)
def test_the_stream_has_every_term_where_it_stands(texts: list[str]) -> None:
    stream = BookTerms(passages_of(texts)).text
    for read in range(len(texts) + 1):
        for term in set(terms(" ".join(texts))):
            expected = [n for n, text in enumerate(texts[:read]) for t in terms(text) if t == term]
            assert list(stream.passages_with(term, read)) == expected
            assert all(a < b for a, b in pairwise(stream.positions(term, read)))
