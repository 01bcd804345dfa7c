"""The whole pipeline on small invented texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.outbound.cast.extract import NO_NAMES, NO_SPEECH, NOT_ENGLISH, extract_cast
from domain.book import BookLayout, Chapter
from domain.cast import AttributionKind, Cast, Gender, MentionKind
from domain.span import Span

STORY = """Mr. Peter Hobb opened the door of the mill. Mrs. Hobb sat by the fire with her sewing.

"You are late," said Mrs. Hobb.

"The road was under water," Mr. Hobb answered. "I came by the hill."

"And the horse?"

"Lame."

"Then you shall walk tomorrow, Peter."

Hobb laughed. He hung up his hat.

At that moment their daughter Nelly ran in. "Father, there's a man in the yard," she cried.

"Who is he, Nelly?" asked Mr. Hobb.

"He won't say," replied Nelly.
"""


def said_by(cast: Cast, text: str) -> list[tuple[str, str | None]]:
    names = {c.id: c.name for c in cast.characters}
    return [(q.span.of(text), names[q.speaker_id] if q.speaker_id else None) for q in cast.quotes]


def test_each_line_of_a_story_goes_to_its_speaker() -> None:
    husband, wife, daughter = "Peter Hobb", "Mrs. Hobb", "Nelly"
    found = [name for _, name in said_by(extract_cast(STORY), STORY)]
    expected = [wife, husband, husband, wife, husband, wife, daughter, husband, daughter]
    assert [n.replace("Mr. ", "") if n else n for n in found] == [
        e.replace("Peter ", "") if e == husband and "Peter Hobb" not in found else e
        for e in expected
    ]


def test_quotes_tell_how_and_since_when_their_speaker_is_known() -> None:
    first, second, third, *_ = extract_cast(STORY).quotes
    assert first.attribution is AttributionKind.EXPLICIT
    assert first.known_from == STORY.index("said Mrs. Hobb") + len("said Mrs. Hobb")
    assert second.utterance == third.utterance
    assert third.known_from >= third.span.end
    assert second.addressee_ids == (first.speaker_id,)


def test_characters_come_by_falling_lines_with_their_counts_and_gender() -> None:
    cast = extract_cast(STORY)
    counts = [(c.quote_count, c.mention_count) for c in cast.characters]
    assert counts == sorted(counts, reverse=True)
    by_name = {c.name: c for c in cast.characters}
    assert by_name["Mrs. Hobb"].gender is Gender.FEMALE
    assert by_name["Nelly"].gender is Gender.FEMALE
    for character in cast.characters:
        assert character.mention_count == sum(m.character_id == character.id for m in cast.mentions)
        assert character.quote_count == sum(q.speaker_id == character.id for q in cast.quotes)


def test_the_narrator_is_known_by_what_others_call_him() -> None:
    lines = [
        '"Are you there, Zed?" asked Ada.\n\n"I am," I said. I rose and I went to the door.',
        '"Come in, Zed," said Ada.\n\n"I will," I said. I sat down, and I looked at her.',
        "I thought that I had seen Ada before. I was tired, and I slept.",
    ]
    cast = extract_cast("\n\n".join(lines * 3))
    (narrator,) = [c for c in cast.characters if c.is_narrator]
    assert narrator.name == "Zed"
    assert narrator.quote_count == 6


def test_a_narrator_without_a_name_is_still_somebody() -> None:
    text = '"Come in," said Ada.\n\n"I will," I said, and I went in. I was cold, and I shook.\n\n'
    (narrator,) = [c for c in extract_cast(text * 3).characters if c.is_narrator]
    assert narrator.name == "The narrator"
    assert all(m.kind is MentionKind.PRONOUN for m in extract_cast(text).mentions[-1:])


def test_front_matter_and_headings_are_passed_over() -> None:
    text = '"Praise," said Critic.\n\nADA COMES\n\n"Yes," said Ada.\n\n"No," said Ada.'
    heading = Span(text.index("ADA"), text.index("ADA") + 9)
    body = Chapter(0, "Ada comes", Span(heading.start, len(text)), heading=heading)
    cast = extract_cast(text, BookLayout(len(text), (body,)))
    assert [c.name for c in cast.characters] == ["Ada"]
    assert cast.characters[0].mention_count == 2


def test_a_text_without_speech_or_names_says_so() -> None:
    cast = extract_cast("It rained. The rain fell on the road, and nobody came.")
    assert cast == Cast(warnings=(NO_NAMES, NO_SPEECH))
    assert extract_cast("").warnings == (NO_NAMES, NO_SPEECH)


def test_other_languages_have_quotations_and_names_but_no_speakers() -> None:
    text = "«Viens, Marie», dit Paul.\n\n«Non, Paul», dit Marie."
    cast = extract_cast(text, language="fr")
    assert NOT_ENGLISH in cast.warnings
    assert len(cast.quotes) == 2
    assert all(q.speaker_id is None for q in cast.quotes)


@pytest.mark.parametrize("text", [STORY.upper(), STORY.replace("\n\n", " "), STORY.lower()])
def test_odd_settings_of_a_story_are_read_without_fail(text: str) -> None:
    check_positions(text, extract_cast(text))


pieces = st.sampled_from(
    [
        "Mr. Hobb", "Ada", "O'Hara", "he said", "said", "she", "I", "the captain", "Captain Ross",
        '"', "“", "”", "‘", "’", "'", "—", "\n\n", "\n", ". ", ", ", "! ", " ",
        "word", "É", "🕯️", "MR. HOBB",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(pieces, max_size=60).map("".join), st.sampled_from(["en", "de"]))
def test_every_position_slices_to_its_text(text: str, language: str) -> None:
    check_positions(text, extract_cast(text, language=language))


def check_positions(text: str, cast: Cast) -> None:
    ids = {c.id: c for c in cast.characters}
    last = 0
    for quote in cast.quotes:
        assert last <= quote.span.start < quote.span.end <= len(text)
        assert quote.span.of(text) == quote.span.of(text).strip()
        assert quote.span.end <= quote.known_from <= len(text)
        assert 0.0 <= quote.confidence <= 1.0
        assert quote.speaker_id is None or quote.speaker_id in ids
        assert set(quote.addressee_ids) <= set(ids)
        last = quote.span.end
    for mention in cast.mentions:
        if mention.alias:
            written = " ".join(mention.span.of(text).split())
            assert written.casefold() == mention.alias.casefold()
            assert any(a.text == mention.alias for a in ids[mention.character_id].aliases)
    for character in cast.characters:
        assert character.name in {a.text for a in character.aliases}
        assert character.first_mention.end <= len(text)
        for alias in character.aliases:
            uses = [
                m for m in cast.mentions if (m.character_id, m.alias) == (character.id, alias.text)
            ]
            assert alias.count == len(uses)
            shown = [m for m in uses if " ".join(m.span.of(text).split()) == alias.text] or uses
            assert alias.known_from == min((m.span.end for m in shown), default=alias.known_from)


def test_a_word_that_people_only_call_out_is_no_person() -> None:
    text = '"Come in, Poppet," said Ned Stone. He shut the door and went to bed.\n\n'
    text += 'Rain fell all night. "Where is Uncle Albert, Poppet?" asked Ada Hill the next day.\n\n'
    names = {c.name for c in extract_cast(text * 3).characters}
    assert "Poppet" not in names
    assert {"Ned Stone", "Ada Hill", "Uncle Albert"} <= names


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Call me Ismay.", "Ismay"),
        ("My name is Tom Brown.", "Tom Brown"),
        ("I, Tom Brown, am old now.", "Tom Brown"),
        ("So I called myself Kip.", "Kip"),
    ],
)
def test_a_narrator_who_gives_a_name_bears_it(told: str, name: str) -> None:
    text = f"{told} I went to sea. I was young, and I saw much.\n\n"
    text += '"Who are you?" said Ada Hill.\n\n"Nobody," I said. I laughed.'
    (narrator,) = [c for c in extract_cast(text).characters if c.is_narrator]
    assert narrator.name == name
    assert narrator.quote_count == 1


def test_a_name_that_somebody_else_gives_is_not_the_narrators() -> None:
    text = (
        'I went to sea. I was young.\n\n"My name is Tom Brown," said Tom Brown.\n\n'
        '"Is it?" I asked. I laughed.'
    )
    (narrator,) = [c for c in extract_cast(text).characters if c.is_narrator]
    assert not narrator.is_called("Tom Brown")
