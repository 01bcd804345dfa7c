from dataclasses import replace

from domain.cast import Cast, Merge
from domain.ids import CharacterId
from domain.merged import as_known
from tests.unit.conversation.story import FENN, GREY, the_story


def test_an_id_leads_to_whom_its_character_turns_out_to_be() -> None:
    story = the_story()
    before = story.cast.up_to(story.after("I cannot tell."))
    after = story.cast.up_to(story.after("were one man"))

    grey, fenn = as_known(before, GREY), as_known(after, GREY)

    assert grey is not None
    assert grey.id == GREY
    assert fenn is not None
    assert fenn.id == FENN


def test_an_unknown_id_or_a_ring_of_merges_leads_to_nobody() -> None:
    cast = the_story().cast
    ring = replace(cast, characters=(), merges=(Merge(GREY, FENN, 1), Merge(FENN, GREY, 1)))

    assert as_known(ring, GREY) is None
    assert as_known(Cast(), CharacterId("nobody")) is None
