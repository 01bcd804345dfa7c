import hashlib
from collections.abc import AsyncIterator

import pytest

from domain.errors import BrokenFile, EmptyBook, FileTooLarge
from domain.ids import BookId
from tests.unit.application.world import MAX_BYTES, STORY, World, in_blocks

BOOK = BookId("b")


async def test_a_file_is_kept_as_it_came_and_known_by_its_hash(world: World) -> None:
    file = await world.receive_file.receive(in_blocks(STORY.encode()), BOOK, "a.txt", "")

    assert world.blobs.blobs == {file.blob_key: STORY.encode()}
    assert file.content_hash == hashlib.sha256(STORY.encode()).hexdigest()
    assert (file.file_name, file.media_type) == ("a.txt", "text/plain")


async def test_a_file_of_just_the_limit_is_taken(world: World) -> None:
    content = b"x" * MAX_BYTES
    file = await world.receive_file.receive(in_blocks(content), BOOK, "a.txt", "")
    assert world.blobs.blobs[file.blob_key] == content


async def test_reading_stops_at_the_limit_and_nothing_is_kept(world: World) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            yield b"x" * 1000

    with pytest.raises(FileTooLarge):
        await world.receive_file.receive(endless(), BOOK, "a.txt", "")
    assert sent == MAX_BYTES + 1000
    assert world.blobs.blobs == {}


@pytest.mark.parametrize(("content", "error"), [(b"\xff\xfe\xfd", BrokenFile), (b"", EmptyBook)])
async def test_what_is_no_book_is_refused_and_not_kept(
    world: World, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await world.receive_file.receive(in_blocks(content), BOOK, "a.txt", "")
    assert world.blobs.blobs == {}


async def test_an_upload_that_breaks_off_leaves_nothing(world: World) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"Chapter 1"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await world.receive_file.receive(broken(), BOOK, "a.txt", "")
    assert world.blobs.blobs == {}
