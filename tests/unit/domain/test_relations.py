from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.cast import Alias, Cast, Character, Mention, Quote
from domain.frontier import Frontier
from domain.ids import CharacterId, QuoteId
from domain.relations import MAX_EVIDENCE, NEARBY, Relation, RelationKind, relations_of
from domain.span import Span
from tests.unit.domain.test_cast import casts

A, B, C = (CharacterId(letter) for letter in "abc")
PEOPLE = tuple(Character(i, i.upper(), (Alias(i.upper(), 1),), Span(0, 1)) for i in (A, B, C))


def said(number: int, speaker: CharacterId | None, *to: CharacterId, known_from: int = 0) -> Quote:
    span = Span(100 * number, 100 * number + 50)
    return Quote(
        QuoteId(str(number)), span, number, speaker, addressee_ids=to, known_from=known_from
    )


def named(who: CharacterId, at: int) -> Mention:
    return Mention(Span(at, at + 5), who)


def test_who_speaks_to_whom_is_related_in_either_direction() -> None:
    (relation,) = relations_of(Cast(PEOPLE, (said(1, B, A), said(2, A, B))))
    assert relation == Relation(
        A, B, RelationKind.SPEAKS_WITH, 2, 150, (Span(100, 150), Span(200, 250))
    )


def test_a_relation_is_known_once_the_text_tells_who_spoke() -> None:
    (relation,) = relations_of(Cast(PEOPLE, (said(1, A, B, known_from=180),)))
    assert relation.known_from == 180


def test_nobody_is_related_to_themselves_or_to_nobody() -> None:
    assert relations_of(Cast(PEOPLE, (said(1, A, A), said(2, None, B), said(3, A)))) == ()


def test_who_is_not_in_the_cast_has_no_relations() -> None:
    cast = Cast(PEOPLE[:1], (said(1, A, B),), (named(A, 10), named(B, 20)))
    assert relations_of(cast) == ()


def test_two_who_are_named_near_each_other_appear_together() -> None:
    (relation,) = relations_of(Cast(PEOPLE, mentions=(named(B, 10), named(A, 30))))
    assert relation == Relation(A, B, RelationKind.APPEARS_WITH, 1, 35, (Span(10, 35),))


def test_two_who_are_named_far_apart_do_not() -> None:
    assert relations_of(Cast(PEOPLE, mentions=(named(A, 0), named(B, NEARBY)))) == ()


def test_appearing_together_counts_once_a_stretch() -> None:
    often = [named(who, at) for at in range(0, 100, 10) for who in (A, B)]
    again = [named(who, NEARBY + 10) for who in (A, B)]
    (relation,) = relations_of(Cast(PEOPLE, mentions=(*often, *again)))
    assert relation.weight == 2


def test_only_the_first_places_are_evidence() -> None:
    (relation,) = relations_of(Cast(PEOPLE, tuple(said(n, A, B) for n in range(20))))
    assert (relation.weight, len(relation.evidence)) == (20, MAX_EVIDENCE)
    assert relation.evidence[0] == Span(0, 50)


def test_the_strongest_relation_comes_first() -> None:
    cast = Cast(PEOPLE, (said(1, A, B), said(2, B, C), said(3, C, B)))
    assert [(r.first_id, r.second_id) for r in relations_of(cast)] == [(B, C), (A, B)]


@given(casts(), st.integers(0, 70).map(Frontier))
def test_no_relation_is_told_early(cast: Cast, frontier: Frontier) -> None:
    for relation in relations_of(cast.up_to(frontier)):
        assert frontier.knows(relation.known_from)
        assert all(frontier.sees(span) for span in relation.evidence)


@given(casts())
def test_relations_do_not_depend_on_the_order_of_the_cast(cast: Cast) -> None:
    turned = replace(cast, characters=cast.characters[::-1])
    assert relations_of(turned) == relations_of(cast)
