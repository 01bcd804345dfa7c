import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from domain.ids import BookId
from tests.integration.http.world import BOOK, SECOND, STRANGER_USER, TEXT, World

SOMEBODY = {"X-User-Id": STRANGER_USER}


async def upload(
    client: httpx.AsyncClient, content: bytes = b"A tale.", **headers: str
) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    files = {"file": ("tale.txt", content, "text/plain")}
    return await client.post("/api/books", files=files, headers=named)


class TestUpload:
    async def test_a_file_becomes_a_book_and_a_job(
        self, client: httpx.AsyncClient, world: World
    ) -> None:
        answer = await upload(client)
        assert answer.status_code == 202
        told = answer.json()
        assert told["created"] is True
        assert told["book"]["title"] == "tale"
        assert told["book"]["status"] == "pending"
        assert told["job"]["book_id"] == told["book"]["id"]
        assert answer.headers["location"] == f"/api/jobs/{told['job']['id']}"
        book = await world.books.get(BookId(told["book"]["id"]))
        assert world.blobs.blobs[book.blob_key] == b"A tale."

    async def test_the_same_file_again_is_the_same_book(self, client: httpx.AsyncClient) -> None:
        first, again = await upload(client), await upload(client)
        assert again.json()["book"]["id"] == first.json()["book"]["id"]
        assert again.json()["created"] is False

    async def test_another_reader_gets_a_book_of_their_own(self, client: httpx.AsyncClient) -> None:
        first, other = await upload(client), await upload(client, X_User_Id=STRANGER_USER)
        assert other.json()["book"]["id"] != first.json()["book"]["id"]

    async def test_a_book_may_be_named(self, client: httpx.AsyncClient) -> None:
        book_id = str(uuid4())
        answer = await client.post(
            "/api/books", data={"book_id": book_id}, files={"file": ("a.txt", b"A tale.")}
        )
        assert answer.json()["book"]["id"] == book_id

    async def test_a_key_that_comes_again_makes_nothing_twice(
        self, client: httpx.AsyncClient, world: World
    ) -> None:
        first = await upload(client, Idempotency_Key="k1")
        again = await upload(client, Idempotency_Key="k1")
        assert again.json()["job"]["id"] == first.json()["job"]["id"]
        assert len(world.jobs.jobs) == 1

    async def test_a_key_with_another_file_is_a_conflict(self, client: httpx.AsyncClient) -> None:
        await upload(client, Idempotency_Key="k1")
        answer = await upload(client, b"Another tale.", Idempotency_Key="k1")
        assert answer.status_code == 409
        assert answer.json()["code"] == "idempotency_conflict"

    async def test_a_file_over_the_limit_is_413_and_nothing_is_kept(
        self, client: httpx.AsyncClient, world: World
    ) -> None:
        answer = await upload(client, b"x" * 1_000_001)
        assert answer.status_code == 413
        assert answer.json()["code"] == "file_too_large"
        assert world.blobs.blobs == {}
        assert world.jobs.jobs == []

    async def test_a_length_that_says_too_much_is_413_before_any_of_it_is_sent(
        self, live: httpx.AsyncClient
    ) -> None:
        reader, writer = await asyncio.open_connection(live.base_url.host, live.base_url.port)
        writer.write(
            b"POST /api/books HTTP/1.1\r\nHost: falsafa\r\nContent-Length: 2000000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        answer = await reader.readuntil(b"}")
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b'"code": "file_too_large"' in answer
        writer.close()
        await writer.wait_closed()

    async def test_a_chunked_body_is_counted(self, live: httpx.AsyncClient, world: World) -> None:
        async def body() -> AsyncIterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            for _ in range(1_200):
                yield b"x" * 1000

        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = await live.post("/api/books", content=body(), headers=headers)
        assert answer.status_code == 413
        assert world.blobs.blobs == {}

    @pytest.mark.parametrize(
        ("data", "files"),
        [
            ({"book_id": "42"}, {"file": ("a.txt", b"A tale.")}),
            ({"colour": "red"}, {"file": ("a.txt", b"A tale.")}),
            ({}, {"other": ("a.txt", b"A tale.")}),
            ({}, {"file": ("a.txt", b"")}),
        ],
    )
    async def test_a_form_that_cannot_be_met_is_422(
        self,
        client: httpx.AsyncClient,
        world: World,
        data: dict[str, str],
        files: dict[str, tuple[str, bytes]],
    ) -> None:
        answer = await client.post("/api/books", data=data, files=files)
        assert answer.status_code == 422
        assert answer.json()["error"]
        assert world.blobs.blobs == {}

    async def test_a_body_that_is_no_form_is_422(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/api/books", json={"file": "x"})).status_code == 422
        assert (await client.post("/api/books")).status_code == 422


class TestByUrl:
    async def test_a_url_becomes_a_book_and_a_job(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/books/by-url", json={"url": "https://b.example/t.epub"})
        assert answer.status_code == 202
        assert answer.json()["book"]["title"] == "t"

    async def test_a_key_that_comes_again_makes_nothing_twice(
        self, client: httpx.AsyncClient
    ) -> None:
        asked = {"url": "https://b.example/t.epub"}
        headers = {"Idempotency-Key": "k"}
        first = await client.post("/api/books/by-url", json=asked, headers=headers)
        again = await client.post("/api/books/by-url", json=asked, headers=headers)
        assert again.json()["job"]["id"] == first.json()["job"]["id"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"url": "ftp://b.example/t"}, 422),
            ({"url": "https://b.example/t", "colour": "red"}, 422),
            ({}, 422),
            ({"url": 1}, 422),
            ({"url": "https://b.example/t", "book_id": "x"}, 422),
        ],
    )
    async def test_what_cannot_be_met_is_told(
        self, client: httpx.AsyncClient, body: dict[str, object], status: int
    ) -> None:
        assert (await client.post("/api/books/by-url", json=body)).status_code == status

    async def test_json_that_cannot_be_read_is_400(self, client: httpx.AsyncClient) -> None:
        headers = {"Content-Type": "application/json"}
        answer = await client.post("/api/books/by-url", content=b"{", headers=headers)
        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed_request"

    async def test_a_body_of_json_has_a_limit_of_its_own(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/api/books/by-url", json={"url": "x" * 200_000})
        assert answer.status_code == 413

    @pytest.mark.parametrize("key", ["", "k" * 256])
    async def test_a_key_has_a_length(self, client: httpx.AsyncClient, key: str) -> None:
        answer = await client.post(
            "/api/books/by-url",
            json={"url": "https://b.example/t"},
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 422


class TestLibrary:
    async def test_a_book_is_told_of(self, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"/api/books/{BOOK}")).json()
        assert (told["id"], told["title"], told["version"]) == (BOOK, "Hard Times", 1)

    async def test_the_list_comes_in_pages(self, client: httpx.AsyncClient) -> None:
        for number in range(4):
            await upload(client, f"Tale {number}.".encode())
        seen, cursor = [], None
        while True:
            params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/api/books", params=params)).json()
            assert len(page["items"]) <= 2
            seen += [book["id"] for book in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 5

    @pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 201}, {"cursor": "?"}])
    async def test_a_page_that_is_none_is_422(
        self, client: httpx.AsyncClient, params: dict[str, str]
    ) -> None:
        assert (await client.get("/api/books", params=params)).status_code == 422

    async def test_somebody_elses_book_does_not_exist(self, client: httpx.AsyncClient) -> None:
        assert (await client.get("/api/books", headers=SOMEBODY)).json()["items"] == []
        for path in ("", "/chapters", "/text?start=0&end=1", "/progress", "/characters"):
            answer = await client.get(f"/api/books/{BOOK}{path}", headers=SOMEBODY)
            assert answer.status_code == 404, path
            assert answer.json()["code"] == "book_not_found"
        answer = await client.delete(f"/api/books/{BOOK}", headers=SOMEBODY)
        assert answer.status_code == 404

    async def test_a_user_who_is_no_uuid_is_422(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/books", headers={"X-User-Id": "me"})
        assert answer.status_code == 422

    async def test_a_deleted_book_is_gone(self, client: httpx.AsyncClient) -> None:
        answer = await client.delete(f"/api/books/{BOOK}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert (await client.get(f"/api/books/{BOOK}")).status_code == 404
        assert (await client.delete(f"/api/books/{BOOK}")).status_code == 404

    async def test_an_id_that_is_no_uuid_is_422(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/api/books/1")
        assert answer.status_code == 422
        assert "path.book_id" in answer.json()["error"]

    async def test_a_book_that_is_not_ready_is_409(self, client: httpx.AsyncClient) -> None:
        book_id = (await upload(client)).json()["book"]["id"]
        answer = await client.get(f"/api/books/{book_id}/chapters")
        assert answer.status_code == 409
        assert answer.json()["code"] == "book_not_ready"


class TestText:
    async def test_a_slice_is_exactly_the_text(self, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"/api/books/{BOOK}/text?start=11&end=40")).json()
        assert told == {"start": 11, "end": 40, "text": TEXT[11:40], "length": len(TEXT)}

    async def test_a_slice_ends_with_the_book(self, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"/api/books/{BOOK}/text?start=5&end=100000")).json()
        assert (told["end"], told["text"]) == (len(TEXT), TEXT[5:])

    async def test_a_slice_ends_at_the_readers_page(self, client: httpx.AsyncClient) -> None:
        path = f"/api/books/{BOOK}/text?start=0&end=10000&up_to=chapter:1"
        told = (await client.get(path)).json()
        assert (told["end"], told["text"]) == (SECOND, TEXT[:SECOND])

    async def test_beyond_it_there_is_nothing(self, client: httpx.AsyncClient) -> None:
        path = f"/api/books/{BOOK}/text?start={SECOND}&end={SECOND + 5}&up_to=chapter:1"
        told = (await client.get(path)).json()
        assert (told["start"], told["end"], told["text"]) == (SECOND, SECOND, "")

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "start=0",
            "start=-1&end=2",
            "start=5&end=4",
            "start=0&end=999999",
            f"start=0&end={10**30}",
            "start=a&end=b",
            "start=0&end=5&up_to=chapter:9",
            "start=0&end=5&up_to=page%207",
            "start=0&end=5&up_to=%00",
        ],
    )
    async def test_a_slice_that_is_none_is_422(self, client: httpx.AsyncClient, query: str) -> None:
        answer = await client.get(f"/api/books/{BOOK}/text?{query}")
        assert answer.status_code == 422

    async def test_chapters_beyond_the_page_are_not_named(self, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"/api/books/{BOOK}/chapters")).json()
        assert [chapter["title"] for chapter in told["chapters"]] == ["Chapter 1", "Chapter 2"]
        told = (await client.get(f"/api/books/{BOOK}/chapters?up_to=50%25")).json()
        (chapter,) = told["chapters"]
        assert (chapter["number"], chapter["end"]) == (1, round(len(TEXT) / 2))
        assert told["length"] == len(TEXT)


class TestProgress:
    async def test_none_is_set_at_first(self, client: httpx.AsyncClient) -> None:
        told = (await client.get(f"/api/books/{BOOK}/progress")).json()
        assert told == {"book_id": BOOK, "offset": None, "updated_at": None}

    async def test_it_is_kept_as_an_offset(self, client: httpx.AsyncClient) -> None:
        path = f"/api/books/{BOOK}/progress"
        answer = await client.put(path, json={"read_up_to": "chapter:1"})
        assert answer.json()["offset"] == SECOND
        assert (await client.get(path)).json() == answer.json()

    async def test_it_is_each_readers_own(self, client: httpx.AsyncClient, world: World) -> None:
        await client.put(f"/api/books/{BOOK}/progress", json={"read_up_to": "chapter:1"})
        assert len(world.progress.progress) == 1

    @pytest.mark.parametrize("body", [{"read_up_to": "page 7"}, {}, {"read_up_to": None}])
    async def test_a_place_that_is_none_is_422(
        self, client: httpx.AsyncClient, body: dict[str, object]
    ) -> None:
        answer = await client.put(f"/api/books/{BOOK}/progress", json=body)
        assert answer.status_code == 422
