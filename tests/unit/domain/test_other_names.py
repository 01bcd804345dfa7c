from domain.cast import Alias, Cast, Character, Merge
from domain.frontier import WHOLE_BOOK, Frontier
from domain.ids import CharacterId
from domain.other_names import OtherNames
from domain.span import Span
from domain.terms import terms


def person(number: int, **names: int) -> Character:
    """`names`: each with the offset from which it is known; an underscore stands for a space."""
    aliases = tuple(Alias(n.replace("_", " "), since) for n, since in names.items())
    first = min(names.values())
    return Character(CharacterId(f"c{number}"), aliases[0].text, aliases, Span(first - 1, first))


CAST = Cast(
    characters=(
        person(0, Lizzy=20, Elizabeth=20_000, Miss_Bennet=40),
        person(1, Jane=12, Jane_Bennet=12),
        person(2, Mr_Darcy=30, Fitzwilliam=30_000),
        person(3, Voice=50),
        person(4, Griffin=40_000),
    ),
    merges=(Merge(CharacterId("c3"), CharacterId("c4"), 45_000),),
)


def other_names(query: str, up_to: Frontier = WHOLE_BOOK) -> set[str]:
    return set(OtherNames(CAST).of(terms(query), up_to))


def test_a_person_is_looked_for_by_the_names_that_they_had_well_before_the_one_asked_by() -> None:
    assert other_names("Why did Elizabeth laugh?") == set(terms("Lizzy"))
    assert other_names("Why did Fitzwilliam write?") == set(terms("Darcy"))


def test_a_later_name_is_in_the_contexts_of_what_came_before_it_already() -> None:
    assert other_names("Lizzy's letter") == other_names("Who danced with Mr. Darcy?") == set()


def test_a_query_that_names_nobody_gains_nothing() -> None:
    assert other_names("Who laughed at the ball?") == other_names("") == set()


def test_a_name_that_is_not_revealed_yet_does_not_exist() -> None:
    assert other_names("Why did Fitzwilliam write?", Frontier(29_999)) == set()
    assert other_names("Why did Elizabeth laugh?", Frontier(19_999)) == set()


def test_whoever_turns_out_to_be_another_is_found_by_both_names_from_then_on() -> None:
    assert other_names("What does Griffin want?", Frontier(44_999)) == set()
    assert other_names("What does Griffin want?", Frontier(45_000)) == set(terms("Voice"))
    assert other_names("Who heard the Voice?", Frontier(44_999)) == set()
    assert other_names("Who heard the Voice?", Frontier(45_000)) == set(terms("Griffin"))


def test_a_name_of_several_names_nobody_and_the_longest_name_counts() -> None:
    cast = Cast((person(0, Lizzy=2, Miss_Bennet=9_000), person(1, Fanny=4, Mrs_Bennet=9_000)))
    names = OtherNames(cast)

    assert names.of(terms("the house of Bennet"), WHOLE_BOOK) == ()
    assert set(names.of(terms("Mrs. Bennet's nerves"), WHOLE_BOOK)) == set(terms("Fanny"))


def test_a_surname_that_others_share_is_not_added_nor_a_title_alone() -> None:
    cast = Cast((person(0, Miss_Bennet=1, King=1, Lizzy=9_000), person(1, Jane_Bennet=1)))

    assert OtherNames(cast).of(terms("What does Lizzy think?"), WHOLE_BOOK) == ()
    assert OtherNames(cast).of(terms("What does the king think?"), WHOLE_BOOK) == ()


def test_merges_in_a_circle_are_survived() -> None:
    one, other = CharacterId("c0"), CharacterId("c1")
    cast = Cast(CAST.characters[:2], merges=(Merge(one, other, 1), Merge(other, one, 2)))

    assert OtherNames(cast).of(terms("Elizabeth"), WHOLE_BOOK)
