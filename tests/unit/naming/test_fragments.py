from collections.abc import Mapping

import pytest

from domain.cast import Gender
from domain.naming.fragments import Piece, join_fragments


def pieces(**found: Mapping[str, int]) -> dict[str, Piece]:
    """Names with their mentions; "he" and "she" count the pronouns."""
    return {
        name: Piece(
            {n: count for n, count in of.items() if n not in ("he", "she")},
            {Gender.MALE: of.get("he", 0), Gender.FEMALE: of.get("she", 0)},
        )
        for name, of in found.items()
    }


def test_pieces_of_one_person_join_the_one_with_the_most_mentions() -> None:
    found = pieces(
        a={"Captain Ross": 3},
        b={"Mr. Ross": 9, "he": 20},
        c={"Edward Ross": 2},
        d={"Ned": 4, "he": 2},
    )
    assert join_fragments(found) == {"a": "b", "c": "b", "d": "b"}


@pytest.mark.parametrize(
    "found",
    [
        pieces(a={"Mr. Ross": 5}, b={"Mrs. Ross": 5}),
        pieces(a={"Mrs. Ross": 2}, b={"Miss Ross": 2}),
        pieces(a={"MR. ROSS": 2}, b={"Mrs. Ross": 2}),
        pieces(a={"Robin": 5, "he": 9}, b={"Robin Ross": 5, "she": 9}),
        pieces(a={"Tom Ross": 2}, b={"Tom Hobb": 2}),
    ],
)
def test_who_cannot_be_one_stays_two(found: dict[str, Piece]) -> None:
    assert join_fragments(found) == {}


def test_a_piece_of_many_names_draws_nobody_to_another() -> None:
    found = pieces(
        a={"Emma": 20, "Emma Ross": 2}, b={"Miss Hobb": 9, "Miss Ross": 1}, c={"Jane Hobb": 2}
    )
    assert join_fragments(found) == {"c": "b"}
    assert join_fragments(pieces(a={"Tom": 5, "Ned": 5, "Sam": 5}, b={"Tom Ross": 3})) == {}


def test_two_of_one_and_the_same_name_were_kept_apart_for_a_reason() -> None:
    assert join_fragments(pieces(a={"Brother": 2}, b={"Brother": 3})) == {}
    assert join_fragments(pieces(a={"Miss Ross": 2}, b={"poor Miss Ross": 3})) == {"a": "b"}


def test_a_surname_alone_may_be_any_of_the_familys() -> None:
    alone = pieces(a={"Usher": 3}, b={"Roderick Usher": 5, "he": 9})
    assert join_fragments(alone) == {}
    told = pieces(a={"Usher": 3, "he": 4}, b={"Roderick Usher": 5, "he": 9})
    assert join_fragments(told) == {"a": "b"}


def test_what_is_no_name_joins_nobody() -> None:
    assert join_fragments(pieces(a={"Mr.": 1}, b={"Mr. Ross": 3}, c={"the Rosses": 2})) == {}
