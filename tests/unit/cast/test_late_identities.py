"""People who turn out to be one: told so by the text, and only from there on."""

import pytest

from adapters.outbound.cast.extract import extract_cast
from domain.cast import Cast
from domain.frontier import WHOLE_BOOK, Frontier

SCENE = """Louisa Stone sat by the door of the mill with Tom Grey and talked of the rain.

"It is late," said Louisa.

"It is," said Tom Grey.

Louisa laughed. Then Louisa rose and Louisa shut the door, for Louisa was cold.

Mrs. Brown lived on the hill, and Mrs. Brown spoke to nobody.

"Who goes there?" cried Mrs. Brown.

"Only the wind," answered Tom Grey.

"""


def merged(cast: Cast) -> list[tuple[str, str]]:
    """Of each pair the names without those that are short for the full one."""
    names = {c.id: max((a.text for a in c.aliases), key=len) for c in cast.characters}
    return [(names[m.absorbed_id], names[m.into_id]) for m in cast.merges]


def called(cast: Cast) -> set[frozenset[str]]:
    return {frozenset(a.text for a in c.aliases) for c in cast.characters}


@pytest.mark.parametrize(
    "told",
    [
        "Mrs. Brown, once Miss Stone, went home.",
        "Long ago Louisa Stone had become Mrs. Brown to the world.",
        "The lady was Louisa Stone, now Mrs. Brown to the world.",
        "It was Mrs. Brown, alias Louisa Stone, who went home.",
        '"I am Louisa Stone," said Mrs. Brown.',
        '"My name is Louisa Stone," cried Mrs. Brown.',
    ],
)
def test_two_are_one_from_where_the_text_tells_it(told: str) -> None:
    text = SCENE + told
    cast = extract_cast(text)
    assert merged(cast) == [("Mrs. Brown", "Louisa Stone")]
    (merge,) = cast.merges
    assert len(SCENE) < merge.known_from <= len(text)
    before = cast.up_to(Frontier(merge.known_from - 1))
    assert frozenset({"Mrs. Brown"}) in called(before)
    (one,) = [c for c in cast.up_to(WHOLE_BOOK).characters if c.is_called("Mrs. Brown")]
    assert one.is_called("Louisa Stone")


def test_a_maiden_name_joins_her_two_full_names() -> None:
    cast = extract_cast(SCENE + "Louisa Brown, formerly Stone, went home.").up_to(WHOLE_BOOK)
    (one,) = [c for c in cast.characters if c.is_called("Louisa Stone")]
    assert one.is_called("Louisa Brown")


@pytest.mark.parametrize(
    "told",
    [
        "Louisa Stone was talking to Mrs. Brown.",
        "It was Louisa Stone's friend, now Mrs. Brown's guest, who came.",
        '"I am Louisa Stone\'s friend," said Mrs. Brown.',
        '"If I am Louisa Stone, the moon is cheese," said Mrs. Brown.',
        '"I am Tom Grey," said Louisa.',
    ],
)
def test_what_does_not_say_so_makes_nobody_one(told: str) -> None:
    assert extract_cast(SCENE + told).merges == ()


def test_two_whom_the_text_has_in_one_place_are_not_one() -> None:
    together = "Louisa looked at Mrs. Brown. Mrs. Brown looked at Louisa."
    told = " It was Mrs. Brown, alias Louisa, who went home."
    assert extract_cast(SCENE + together + told).merges == ()


def test_a_wife_of_whom_nothing_was_heard_before_the_wedding_was_the_bride() -> None:
    text = SCENE.replace("Mrs. Brown", "Mr. Brown") + (
        "In May Louisa Stone married Mr. Brown. Mrs. Brown was happy.\n\n"
        '"I am glad," said Mrs. Brown.\n\n"So am I," said Tom Grey.'
    )
    cast = extract_cast(text)
    (louisa,) = [c for c in cast.characters if c.is_called("Mrs. Brown")]
    assert louisa.is_called("Louisa Stone")
    (wife,) = [a for a in louisa.aliases if a.text == "Mrs. Brown"]
    assert wife.known_from == text.index("Mrs. Brown") + len("Mrs. Brown")
    assert cast.merges == ()


def test_what_is_said_under_a_guise_is_the_guises_until_then() -> None:
    text = SCENE + "It was Mrs. Brown, alias Louisa Stone, who went home."
    cast = extract_cast(text)
    (merge,) = cast.merges
    assert merge.known_from == text.index(", who")
    said = {q.span.of(text): q.speaker_id for q in cast.quotes}
    assert said["Who goes there?"] == merge.absorbed_id
    assert said["It is late,"] == merge.into_id
