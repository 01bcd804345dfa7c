from adapters.outbound.cast.model import Kind, Voice
from tests.unit.cast.reading import references_to


def test_names_pronouns_and_role_nouns_come_in_order_of_place() -> None:
    found = references_to("Ada met the old porter, and he smiled at her.", ["Ada"])
    assert [(r.kind, r.person, r.voice) for r in found.all] == [
        (Kind.NAME, 0, Voice.ANYONE),
        (Kind.NOMINAL, None, Voice.MALE),
        (Kind.PRONOUN, None, Voice.MALE),
    ]


def test_a_role_noun_means_the_bearer_of_its_title() -> None:
    found = references_to(
        "Captain Ross came. The captain sat. A captain is a captain.", ["Captain Ross"]
    )
    assert [r.person for r in found.all] == [0, 0, None, None]


def test_a_role_that_is_somebody_is_resolved_with_the_definite_article() -> None:
    found = references_to("The cook came. A cook sat.", [], roles={"cook": 3})
    assert [r.person for r in found.all] == [3, None]


def test_a_noun_before_a_verb_of_speech_is_somebody() -> None:
    (found,) = references_to("Then the ancestress rejoined at once.", []).all
    assert (found.kind, found.head, found.voice) == (Kind.NOMINAL, "ancestress", Voice.FEMALE)


def test_compound_roles_have_the_gender_of_their_head() -> None:
    *_, found = references_to("They saw his mother-in-law.", []).all
    assert (found.head, found.voice) == ("mother-in-law", Voice.FEMALE)


def test_only_narration_is_asked_for_speakers() -> None:
    found = references_to('"Ada is late," he said.', ["Ada"])
    assert [r.voice for r in found.narrated] == [Voice.MALE]


def test_a_title_that_several_bear_is_the_last_named_ones() -> None:
    found = references_to(
        "Captain Ross came. The captain sat. Captain Hobb came. The captain sat.",
        ["Captain Ross", "Captain Hobb"],
    )
    assert [r.person for r in found.all] == [0, 0, 1, 1]
