import pytest

from adapters.inbound.cli.marked_text import MarkedText
from domain.conversation import Quotation, Source, SpeakerMark
from domain.span import Span

REPLY = "She said “keep the lamp low” and “burn it” then."
SOURCE = Source(Span(0, 17), "Keep the lamp low", 0, "One")
TRUE = Quotation("keep the lamp low", Span(10, 27), SOURCE)
INVENTED = Quotation("burn it", Span(34, 41))
DIFFERS = Quotation(
    "keep the lamp low", Span(10, 27), SOURCE, SpeakerMark.DIFFERS, "She", "Mr. Fenn"
)


def test_a_mark_stands_behind_each_quotation() -> None:
    text = MarkedText()
    shown = text.feed(REPLY) + text.mark(TRUE) + text.mark(INVENTED) + text.end()
    assert shown == "She said “keep the lamp low” ✓ and “burn it” (?) then."


def test_another_speaker_is_named() -> None:
    text = MarkedText()
    shown = text.feed(REPLY) + text.mark(DIFFERS)
    assert shown.endswith("“keep the lamp low” ✓ (it is Mr. Fenn who says it)")


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_nothing_of_a_reply_is_lost_or_held_back_for_long(step: int) -> None:
    text, shown = MarkedText(), ""
    reply = "It's “so-called” and the boys' hats. " * 20
    for start in range(0, len(reply), step):
        shown += text.feed(reply[start : start + step])
        assert len(shown) >= min(start + step, len(reply)) - 200
    assert shown + text.end() == reply


def test_a_mark_that_comes_late_stands_where_the_reply_is() -> None:
    text = MarkedText()
    shown = text.feed("“A " + "long " * 60)
    shown += text.mark(Quotation("A long", Span(1, 7)))
    assert shown.count("(?)") == 1
