from dataclasses import replace

import pytest

from adapters.outbound.booknlp.conversion import NARRATOR_NAME, NO_NAMES, NO_SPEECH, cast_of
from adapters.outbound.booknlp.files import read
from domain.cast import AttributionKind, Cast, Gender, MentionKind
from tests.unit.booknlp.written import Written


def cast(written: Written) -> Cast:
    return cast_of(read(written.files()), written.text)


def names(found: Cast) -> dict[str, str]:
    return {character.id: character.name for character in found.characters}


def spoken(found: Cast, text: str) -> list[tuple[str, str | None]]:
    by_id = names(found)
    return [(q.span.of(text), q.speaker_id and by_id[q.speaker_id]) for q in found.quotes]


def test_the_name_shown_is_the_commonest_and_each_is_known_from_its_first_mention() -> None:
    text = "Miss Emma Woodhouse sat. Emma read. Then Emma slept."
    written = Written(text)
    written.entity(5, "Miss Emma Woodhouse")
    written.entity(5, "Emma", after=24)
    written.entity(5, "Emma", after=36)
    (emma,) = cast(written).characters
    assert (emma.name, emma.first_mention.of(text)) == ("Emma", "Miss Emma Woodhouse")
    assert [(a.text, a.known_from, a.count) for a in emma.aliases] == [
        ("Emma", 29, 2),
        ("Miss Emma Woodhouse", 19, 1),
    ]


def test_a_name_over_a_line_end_or_in_capitals_is_the_same_name() -> None:
    written = Written("MISS\nBATES came. Miss Bates sat.")
    written.entity(5, "MISS\nBATES")
    written.entity(5, "Miss Bates")
    (bates,) = cast(written).characters
    assert [(a.text, a.count) for a in bates.aliases] == [("Miss Bates", 2)]


def test_whoever_has_no_proper_name_is_not_shown_and_their_lines_have_no_speaker() -> None:
    text = "“Come!” cried her father. Emma came."
    written = Written(text)
    mention = written.entity(5, "her father", kind="NOM")
    written.entity(6, "Emma")
    written.quote("“Come!”", speaker=5, mention=mention)
    found = cast(written)
    assert list(names(found).values()) == ["Emma"]
    assert spoken(found, text) == [("Come!", None)]
    assert found.quotes[0].confidence == 0.0


def test_mentions_are_of_three_kinds_and_only_names_are_aliases() -> None:
    text = "Emma came. The girl sat. She read. Highbury slept."
    written = Written(text)
    written.entity(5, "Emma")
    written.entity(5, "The girl", kind="NOM")
    written.entity(5, "She", kind="PRON")
    written.entity(9, "Highbury", category="GPE")
    found = cast(written)
    assert [(m.span.of(text), m.kind, m.alias) for m in found.mentions] == [
        ("Emma", MentionKind.NAME, "Emma"),
        ("The girl", MentionKind.NOMINAL, ""),
        ("She", MentionKind.PRONOUN, ""),
    ]
    assert found.characters[0].mention_count == 3


@pytest.mark.parametrize(
    ("gender", "share", "told"),
    [
        ("she/her", 0.8, Gender.FEMALE),
        ("he/him/his", 1.0, Gender.MALE),
        ("they/them/their", 1.0, None),
        ("she/her", 0.5, None),
        (None, 0.0, None),
    ],
)
def test_gender_is_told_where_most_pronouns_agree(
    gender: str | None, share: float, told: Gender | None
) -> None:
    written = Written("Emma came.")
    written.entity(5, "Emma")
    written.person(5, gender, share)
    assert cast(written).characters[0].gender == told


def test_someone_mentioned_once_is_in_the_cast_though_the_book_file_leaves_them_out() -> None:
    written = Written("“Hush,” said Jane.")
    mention = written.entity(7, "Jane")
    written.quote("“Hush,”", speaker=7, mention=mention)
    (jane,) = cast(written).characters
    assert (jane.name, jane.quote_count, jane.gender) == ("Jane", 1, None)


ASIDE = "Emma slept. " * 600


@pytest.mark.parametrize(
    ("text", "is_told"),
    [("I was born. My aunt, Emma, was kind to me.", True), (f"I think so. {ASIDE}", False)],
    ids=["a narrator", "an author's aside"],
)
def test_the_id_nought_is_the_narrator_where_somebody_tells(text: str, is_told: bool) -> None:
    written = Written(text)
    written.entity(0, "I", kind="PRON")
    written.entity(4, "Emma")
    narrators = [c for c in cast(written).characters if c.is_narrator]
    assert [c.name for c in narrators] == ([NARRATOR_NAME] if is_told else [])


def test_without_a_narrator_the_id_nought_is_anyones() -> None:
    text = "“I go,” said Ada."
    written = Written(text)
    written.entity(0, "I", kind="PRON")
    mention = written.entity(0, "Ada")
    written.quote("“I go,”", speaker=0, mention=mention)
    (ada,) = cast(written).characters
    assert (ada.name, ada.is_narrator) == ("Ada", False)


def test_how_the_text_tells_who_speaks() -> None:
    text = "“One,” said Ada.\n\n“Two,” she said.\n\n“Three.”\n\n“Four.”"
    written = Written(text)
    ada = written.entity(1, "Ada")
    she = written.entity(1, "she", kind="PRON")
    written.quote("“One,”", 1, ada)
    written.quote("“Two,”", 1, she)
    written.quote("“Three.”", 1, ada)
    written.quote("“Four.”")
    quotes = cast(written).quotes
    assert [q.attribution for q in quotes] == [
        AttributionKind.EXPLICIT,
        AttributionKind.ANAPHORIC,
        AttributionKind.IMPLICIT,
        AttributionKind.IMPLICIT,
    ]
    assert [text[: q.known_from].split()[-1] for q in quotes] == [
        "Ada",
        "she",
        "“Three.”",
        "“Four.”",
    ]
    confidences = [q.confidence for q in quotes]
    assert confidences == sorted(confidences, reverse=True)


def test_marks_are_not_part_of_a_line_and_one_without_words_is_none() -> None:
    text = '“Oh! ‘Go,’ he said.” Ada sat. ‘So.’ "…" “And'
    written = Written(text)
    for words in ("“Oh! ‘Go,’ he said.”", "‘So.’", '"…"', "“And"):
        written.quote(words)
    assert [line for line, _ in spoken(cast(written), text)] == ["Oh! ‘Go,’ he said.", "So.", "And"]


def test_what_a_tag_interrupts_and_what_runs_on_are_one_utterance() -> None:
    text = "“One,” said Ada, “two.”\n\n“Three.\n\n“Four.”\n\n“Five.”\n\n“Six.”"
    written = Written(text)
    ada = written.entity(1, "Ada")
    for words in ("“One,”", "“two.”", "“Three.", "“Four.”", "“Five.”"):
        written.quote(words, 1, ada)
    written.quote("“Six.”")
    assert [q.utterance for q in cast(written).quotes] == [0, 0, 1, 1, 2, 3]


def test_a_line_is_said_to_the_one_who_spoke_just_before_or_just_after() -> None:
    said = "“One,” said Ada.\n\n“Two,” said Ben.\n\n“Three,” said Ada."
    text = f"{said}\n\nA.\n\nB.\n\nC.\n\nD.\n\n“Four.”"
    written = Written(text)
    ada, ben = written.entity(1, "Ada"), written.entity(2, "Ben")
    ada_again = written.entity(1, "Ada", after=text.index("Three"))
    written.quote("“One,”", 1, ada)
    written.quote("“Two,”", 2, ben)
    written.quote("“Three,”", 1, ada_again)
    written.quote("“Four.”", 2, ben)
    found = cast(written)
    by_id = names(found)
    said_to = [[by_id[a] for a in quote.addressee_ids] for quote in found.quotes]
    assert said_to == [["Ben"], ["Ada"], ["Ben"], []]


def test_characters_come_by_falling_prominence() -> None:
    text = "Ben and Ben and Ben. Cy. “Oh,” said Ada."
    written = Written(text)
    for after in (0, 5, 12):
        written.entity(3, "Ben", after=after)
    written.entity(2, "Cy")
    written.quote("“Oh,”", 1, written.entity(1, "Ada"))
    assert list(names(cast(written)).values()) == ["Ada", "Ben", "Cy"]


def test_nobody_and_nothing_said_is_warned_of() -> None:
    assert cast(Written("It rained all day.")) == replace(Cast(), warnings=(NO_NAMES, NO_SPEECH))
