import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.typography import find_words, fold

TEXT = "“Well,” said Mr. Bounderby—for it was he—‘I’m _tired_ of it…’ and he sat down."


@pytest.mark.parametrize(
    ("wanted", "exact"),
    [
        ("I'm tired of it", "I’m _tired_ of it"),
        ("i’m *tired* of it...", "I’m _tired_ of it…"),
        ("Bounderby - for it was he - ", "Bounderby—for it was he—"),
        ("Mr.\n  Bounderby", "Mr. Bounderby"),
        ("and he sat down", "and he sat down"),
        ("and he sat down!", "and he sat down"),
        ('"Well," said Mr. Bounderby', "“Well,” said Mr. Bounderby"),
    ],
)
def test_words_are_found_whatever_their_typography(wanted: str, exact: str) -> None:
    found = find_words(wanted, fold(TEXT))

    assert found is not None
    assert found.of(TEXT) == exact


@pytest.mark.parametrize("wanted", ["I am tired", "tire", "ounderby", "", " — ", "“”", "..."])
def test_other_words_parts_of_words_and_bare_marks_are_not_found(wanted: str) -> None:
    assert find_words(wanted, fold(TEXT)) is None


def test_a_later_whole_word_is_found_past_a_part_of_one() -> None:
    text = "The cathedral kept a cat."

    found = find_words("cat", fold(text))

    assert found is not None
    assert found.start == text.rindex("cat")


def test_accents_ligatures_and_soft_hyphens_make_no_difference() -> None:
    found = find_words("cafe officer", fold("The café of\u00adﬁcer slept."))

    assert found is not None


VARIANTS = {"'": "‘’'", '"': '“”"', "—": "—–", " ": [" ", "\n", "  "]}


@given(st.data(), st.text(alphabet="ab ’'“”—,.!é\n", max_size=60))
def test_any_respelling_of_a_stretch_is_found_and_slices_to_the_same_words(
    data: st.DataObject, text: str
) -> None:
    words = text.split()
    start = data.draw(st.integers(0, len(words)))
    stretch = " ".join(words[start : data.draw(st.integers(start, len(words)))])
    respelled = "".join(data.draw(st.sampled_from(list(VARIANTS.get(c, c)))) for c in stretch)

    found = find_words(respelled, fold(text))

    if any(c.isalnum() for c in stretch):
        assert found is not None
        bare = " .,;:!?-…'()"
        assert fold(found.of(text)).text.strip(bare) == fold(stretch).text.strip(bare)


@given(st.text(max_size=80))
def test_every_folded_character_comes_from_a_place_in_the_original(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
