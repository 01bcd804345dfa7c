import json

from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound.http.sse import PING, frame


def test_a_frame_is_exactly_what_frontends_in_production_read() -> None:
    assert frame("token", {"token": "Good "}) == b'event: token\ndata: {"token": "Good "}\n\n'


def test_an_id_stands_first() -> None:
    assert frame("done", {}, 7) == b"id: 7\nevent: done\ndata: {}\n\n"


def test_a_ping_is_a_comment() -> None:
    assert PING.startswith(b":")
    assert PING.endswith(b"\n\n")


def test_letters_of_any_script_are_sent_as_they_are() -> None:
    assert "فلسفہ".encode() in frame("token", {"token": "فلسفہ"})


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert frame("token", {"token": "a\ud800b"}) == b'event: token\ndata: {"token": "a?b"}\n\n'


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_stays_on_one_line_and_reads_back(text: str) -> None:
    event, data, *rest = frame("token", {"token": text}).decode().split("\n")
    assert event == "event: token"
    assert rest == ["", ""]
    assert json.loads(data.removeprefix("data: ")) == {"token": text}
