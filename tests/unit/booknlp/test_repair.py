import os
from pathlib import Path

import pytest

from adapters.outbound.booknlp.conversion import cast_of
from adapters.outbound.booknlp.files import SUFFIXES, Output, read
from domain.cast import Cast
from tests.unit.booknlp.written import Written


def cast(written: Written) -> Cast:
    return cast_of(read(written.files()), written.text)


def test_the_pieces_of_a_person_are_one_with_all_their_mentions_and_lines() -> None:
    text = "Mr. Ross sat. Mr. Ross ate. Captain Ross came. “No!” cried Captain Ross."
    written = Written(text)
    written.entity(5, "Mr. Ross")
    written.entity(5, "Mr. Ross", after=9)
    written.entity(7, "Captain Ross")
    mention = written.entity(7, "Captain Ross", after=45)
    written.quote("“No!”", speaker=7, mention=mention)
    found = cast(written)
    (ross,) = found.characters
    assert (ross.name, ross.mention_count, ross.quote_count) == ("Mr. Ross", 4, 1)
    assert [(a.text, a.known_from) for a in ross.aliases] == [
        ("Mr. Ross", 8),
        ("Captain Ross", text.index("Captain Ross") + 12),
    ]
    assert [q.speaker_id for q in found.quotes] == [ross.id]


def test_the_narrator_stays_the_narrator() -> None:
    written = Written("Tom Ross met me. Mr. Ross, they said. I went. I, Mr. Ross.")
    written.entity(4, "Tom Ross")
    written.entity(4, "Mr. Ross")
    written.entity(0, "I", kind="PRON", after=30)
    written.entity(0, "Tom", after=0)
    (ross,) = cast(written).characters
    assert ross.is_narrator


def test_a_title_without_a_name_is_nobody() -> None:
    written = Written("Mr. and Mrs. Ross came.")
    written.entity(3, "Mr.")
    written.entity(4, "Mrs. Ross")
    assert [c.name for c in cast(written).characters] == ["Mrs. Ross"]


def _sample(folder: str, name: str) -> tuple[Output, str]:
    root = os.environ.get("FALSAFA_EVAL_DIR")
    if root is None:
        pytest.skip("FALSAFA_EVAL_DIR is not set")
    at = Path(root, "booknlp-sample", folder)
    files = {s: (at / f"{name}.{s}").read_text(encoding="utf-8") for s in SUFFIXES}
    return read(files), (at / f"{name}.txt").read_text(encoding="utf-8")


def test_a_real_output_has_fewer_fragments_and_none_wrongly_joined() -> None:
    output, text = _sample("emma_slice", "emma")
    found = cast_of(output, text)
    whole = {frozenset(a.text for a in c.aliases) for c in found.characters if len(c.aliases) > 1}
    assert frozenset({"Mr. Weston", "Captain Weston", "Weston"}) in whole
    named = {e.coref for e in output.entities if (e.category, e.kind) == ("PER", "PROP")}
    assert len(named) == 36
    assert len(found.characters) == 28
    names = {c.name for c in found.characters}
    assert {"Mrs. Weston", "Miss Bates", "Mrs. Bates", "Mr. Perry", "Mrs. Perry"} <= names
    assert {"Miss Churchill", "Mrs. Churchill", "Mr. Frank Churchill"} <= names


def test_a_real_output_without_fragments_stays_as_it_is() -> None:
    output, text = _sample("pride_short", "pride")
    assert len(cast_of(output, text).characters) == 10
