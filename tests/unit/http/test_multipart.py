from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from adapters.inbound.http.multipart import open_upload
from domain.errors import InvalidInput
from tests.unit.http.asgi import Client, scope

TYPE = "multipart/form-data; boundary=cut"


def part(head: str, content: bytes) -> bytes:
    return b"--cut\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content


def form(*parts: bytes) -> bytes:
    return b"".join(p + b"\r\n" for p in parts) + b"--cut--\r\n"


def file_part(content: bytes, name: str = 'filename="a.txt"') -> bytes:
    head = f'name="file"; {name}\r\nContent-Type: text/plain'
    return part(head, content)


def request(*pieces: bytes, content_type: str = TYPE) -> Request:
    return Request(scope("/api/books", "POST", content_type=content_type), Client(*pieces).receive)


async def whole(content: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in content])


async def test_a_file_is_handed_on_with_its_name_and_type() -> None:
    body = form(part('name="book_id"', b"42"), file_part(b"Now, what I want"))
    upload = await open_upload(request(body))
    assert upload.file_name == "a.txt"
    assert upload.media_type == "text/plain"
    assert upload.fields == {"book_id": "42"}
    assert await whole(upload.content) == b"Now, what I want"


@given(content=st.binary(max_size=200), cuts=st.lists(st.integers(0, 400), max_size=8))
async def test_a_body_may_arrive_in_any_pieces(content: bytes, cuts: list[int]) -> None:
    content = content.replace(b"--cut", b"")
    body = form(part('name="book_id"', b"42"), file_part(content))
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    pieces = [body[a:b] for a, b in pairwise(places)]
    upload = await open_upload(request(*pieces))
    assert upload.fields == {"book_id": "42"}
    assert await whole(upload.content) == content


async def test_the_file_is_not_read_before_it_is_asked_for() -> None:
    body = form(file_part(b"x" * 1000))
    client = Client(body[:200], body[200:])
    await open_upload(Request(scope(content_type=TYPE), client.receive))
    assert (await client.receive())["body"] == body[200:]


@pytest.mark.parametrize("end", [1, 40, 100, -3, -9, -20])
async def test_an_upload_that_is_cut_off_is_refused(end: int) -> None:
    body = form(file_part(b"x" * 100))
    with pytest.raises(InvalidInput):
        await whole((await open_upload(request(body[:end]))).content)


async def test_a_name_of_any_script_is_read() -> None:
    upload = await open_upload(request(form(file_part(b"x", 'filename="کتاب.txt"'))))
    assert upload.file_name == "کتاب.txt"


async def test_a_file_without_a_name_is_called_book() -> None:
    upload = await open_upload(request(form(file_part(b"x", 'filename=""'))))
    assert upload.file_name == "book"


async def test_a_field_after_the_file_is_refused_when_the_file_has_been_read() -> None:
    body = form(file_part(b"x"), part('name="book_id"', b"42"))
    upload = await open_upload(request(body))
    with pytest.raises(InvalidInput, match="last field"):
        await whole(upload.content)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (form(part('name="other"', b"x")), TYPE),
        (b"", TYPE),
        (b"no multipart at all", TYPE),
        (form(file_part(b"x")), "application/json"),
        (form(file_part(b"x")), "multipart/form-data"),
        (form(file_part(b"x")), "multipart/form-data; boundary=" + "b" * 71),
        (form(part('name="a"', b"x" * 10_001)), TYPE),
        (form(*[part('name="a"', b"x" * 9_000)] * 2), TYPE),
        (b"--cut\r\nbad header\r\n\r\nx\r\n--cut--", TYPE),
        (b"--cut\r\n" + b"A: b\r\n" * 100 + b"\r\nx\r\n--cut--", TYPE),
    ],
)
async def test_a_body_that_is_no_form_with_a_file_is_refused(
    body: bytes, content_type: str
) -> None:
    with pytest.raises(InvalidInput):
        await whole((await open_upload(request(body, content_type=content_type))).content)
