"""A walk over every operation of the API's own document, as one reader at one frontier.

Parameters are filled by their names: a new route whose parameters are known is walked without
another word, and one with a parameter or a body that is not fails until somebody says how.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from domain.cast import Cast, Character
from domain.ids import LOCAL_OWNER
from tests.integration.frontier.library import Shelved

Document = Mapping[str, Any]
Json = dict[str, Any]

NEVER = str(uuid4())  # nobody's id
PAGES = 40  # of one list, at most

# Operations that are not walked, and why.
NOT_WALKED = {
    "delete_book": "it takes the book away; its answer has no body",
    "metrics": "counts over all books and readers, with no book's words in it: walked once",
}


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    parameters: Sequence[Json]
    has_body: bool

    def takes(self, name: str) -> bool:
        return any(p["name"] == name for p in self.parameters)

    def named(self, place: str, *, required: bool | None = None) -> list[str]:
        return [
            p["name"]
            for p in self.parameters
            if p["in"] == place and required in (None, p.get("required", False))
        ]


def operations(document: Document) -> list[Operation]:
    return [
        Operation(
            operation["operationId"],
            method.upper(),
            path,
            operation.get("parameters", ()),
            "requestBody" in operation,
        )
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


_operations: list[Operation] = []


def operations_of(app: FastAPI) -> list[Operation]:
    """Every library is served by the same routes: making their document takes half a second."""
    if not _operations:
        _operations.extend(operations(app.openapi()))
    return _operations


@dataclass
class Reader:
    """One reader of one book, at one frontier that is either said with each request or kept."""

    client: httpx.AsyncClient
    shelved: Shelved
    offset: int
    says_so: bool  # else the reading progress says it
    known: Cast  # as the reader knows it
    is_held_back: bool = True
    sessions: list[str] = field(default_factory=list)
    turns: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)

    @property
    def locator(self) -> str:
        return f"offset:{self.offset}"

    @property
    def book_id(self) -> str:
        return self.shelved.book.id

    def is_half_way(self) -> bool:
        return self.offset == self.shelved.offsets()[5]

    def people(self) -> list[Character]:
        """Those whom everything is asked of: the most prominent, and the last that came."""
        by_age = sorted(self.known.characters, key=lambda c: -c.known_from)
        return list(dict.fromkeys([*self.known.characters[:2], *by_age[:1]]))

    def strangers(self) -> list[str]:
        """The next ones whom the reader would meet."""
        met = {c.id for c in self.known.characters} | {m.absorbed_id for m in self.known.merges}
        later = [c for c in self.shelved.cast.characters if c.known_from > self.offset]
        ordered = sorted((c for c in later if c.id not in met), key=lambda c: c.known_from)
        return [c.id for c in (*ordered[:1], *ordered[-1:])]

    def late_quotes(self) -> list[str]:
        late = [q.id for q in self.shelved.cast.quotes if q.span.end > self.offset]
        return [*late[:1], *late[-1:]]

    def questions(self) -> list[str]:
        late = [self.name_of(c) for c in self.strangers()]
        return ["Who is that?", "What did they say of money and the house?", *late]

    def name_of(self, character_id: str) -> str:
        return next(c.name for c in self.shelved.cast.characters if c.id == character_id)

    def values(self, name: str) -> list[str]:
        """What a parameter of this name is filled with."""
        return FILLED[name](self)


FILLED: dict[str, Callable[[Reader], list[str]]] = {
    "book_id": lambda reader: [reader.book_id],
    "character_id": lambda reader: [c.id for c in reader.people()],
    "speaker_id": lambda reader: [c.id for c in reader.people()],
    "session_id": lambda reader: reader.sessions,
    "turn_id": lambda reader: reader.turns,
    "job_id": lambda reader: reader.jobs,
    "correction_id": lambda reader: [NEVER],
    "q": lambda reader: reader.questions(),
    "start": lambda reader: ["0"],
    "end": lambda reader: ["200000"],
}

# Filled in where they stand, or left out for good.
LEFT_OUT = {"limit", "cursor", "up_to", "min_confidence", "x-user-id", "idempotency-key"}
LEFT_OUT |= {"last-event-id"}
NOBODY_YET = ("character_id", "speaker_id")  # parameters for which there are strangers

Body = Callable[[Reader], list[Json]]


def _chat(reader: Reader) -> list[Json]:
    character = reader.people()[0].id if reader.known.characters else NEVER
    return [
        {
            "user_id": LOCAL_OWNER,
            "book_id": reader.book_id,
            "character_id": character,
            "session_id": reader.sessions[-1],
            "user_message": "Who is with you, and what will come of it?",
        }
        | ({"read_up_to": reader.locator} if reader.says_so else {})
    ]


def _processing(reader: Reader) -> list[Json]:
    url = "https://books.example/another.txt"
    return [{"book_id": reader.book_id, "file_url": url, "user_id": LOCAL_OWNER}]


def _strange_corrections(reader: Reader) -> list[Json]:
    """About people and lines of later pages: `_never` is what takes the place of each."""
    met = reader.people()[0].id if reader.known.characters else NEVER
    bodies: list[Json] = []
    for who in reader.strangers():
        bodies += [
            {"kind": "rename", "character_id": who, "name": "Quillfeather"},
            {"kind": "split", "character_id": who, "aliases": [reader.name_of(who)]},
            {"kind": "narrator", "character_id": who},
            {"kind": "merge", "character_id": met, "into_id": who},
            {"kind": "merge", "character_id": who, "into_id": met},
        ]
    bodies += [
        {"kind": "quote", "quote_id": quote, "speaker_id": None} for quote in reader.late_quotes()
    ]
    return bodies


def _strange_sessions(reader: Reader) -> list[Json]:
    return [
        {"book_id": reader.book_id, "character_id": who}
        | ({"read_up_to": reader.locator} if reader.says_so else {})
        for who in reader.strangers()
    ]


# The bodies of each operation that takes one.
BODIES: dict[str, Body] = {
    "open_session": lambda reader: [],  # opened before the walk; see also STRANGE
    "chat": _chat,
    "process_book": _processing,
    "add_book_by_url": lambda reader: [
        {"url": "https://books.example/another.txt", "book_id": reader.book_id}
    ],
    "upload_book": lambda reader: [],  # as a form
    "set_progress": lambda reader: [{"read_up_to": reader.locator}] * reader.is_held_back,
    "move_session": lambda reader: [{"read_up_to": reader.locator}] * reader.is_held_back,
    "send_message": lambda reader: [
        {"message": "Who else is there?"}
        | ({"read_up_to": reader.locator} if reader.says_so else {})
    ],
    "correct_cast": lambda reader: [],  # see STRANGE; one is made and taken back by itself
}
# Bodies about what the reader has not come to: answered as if it were not there at all.
STRANGE: dict[str, Body] = {
    "correct_cast": _strange_corrections,
    "open_session": _strange_sessions,
}

Answer = tuple[str, httpx.Response]


async def opened_sessions(reader: Reader) -> AsyncIterator[Answer]:
    who: list[str | None] = [None, *(c.id for c in reader.people()[:1])]
    for character in who:
        body: Json = {"book_id": reader.book_id, "character_id": character}
        if reader.says_so:
            body["read_up_to"] = reader.locator
        answer = await reader.client.post("/api/sessions", json=body)
        assert answer.status_code == 201, answer.text
        reader.sessions.append(answer.json()["id"])
        yield "open_session", answer


async def gone_back(reader: Reader) -> None:
    """A conversation that had come to the end of the book."""
    end = {"read_up_to": "100%"}
    opened = await reader.client.post("/api/sessions", json={"book_id": reader.book_id, **end})
    path = f"/api/sessions/{opened.json()['id']}"
    late = {"message": " ".join(reader.questions()), **end}
    _remember(reader, await reader.client.post(f"{path}/messages", json=late))
    back = {"read_up_to": reader.locator, "back": True}
    moved = await reader.client.put(f"{path}/frontier", json=back)
    assert moved.status_code == 200, moved.text
    reader.sessions.append(opened.json()["id"])


async def walked(reader: Reader, operation: Operation) -> AsyncIterator[Answer]:
    """All that one operation answers this reader."""
    by_hand = BY_HAND.get(operation.id)
    if by_hand is not None:
        for by_itself in await by_hand(reader):
            yield by_itself
    bodies: list[Json | None] = [None]
    if operation.has_body:
        bodies = list(BODIES[operation.id](reader))
    for path, query in _calls(reader, operation):
        for body in bodies:
            async for answer in _pages(reader, operation, path, query, body):
                yield f"{operation.id} {path} {query} {body or ''}", answer


async def strange(
    reader: Reader, operation: Operation
) -> AsyncIterator[tuple[str, httpx.Response, httpx.Response]]:
    """What it answers of somebody whom the reader has not met, and of nobody at all."""
    for name in (n for n in NOBODY_YET if operation.takes(n)):
        for who in reader.strangers():
            place = next(p["in"] for p in operation.parameters if p["name"] == name)
            for path, query in _calls(reader, operation, {name: who}, place):
                other = path.replace(who, NEVER)
                others = {key: value.replace(who, NEVER) for key, value in query.items()}
                yield (
                    f"{operation.id} {path} {query}",
                    await reader.client.request(operation.method, path, params=query),
                    await reader.client.request(operation.method, other, params=others),
                )
    query = _frontier_of(reader, operation)
    for body in STRANGE[operation.id](reader) if operation.id in STRANGE else ():
        path = operation.path.replace("{book_id}", reader.book_id)
        hidden = {*reader.strangers(), *reader.late_quotes()}
        nobody = {key: NEVER if str(value) in hidden else value for key, value in body.items()}
        yield (
            f"{operation.id} {body}",
            await reader.client.request(operation.method, path, params=query, json=body),
            await reader.client.request(operation.method, path, params=query, json=nobody),
        )


def _calls(
    reader: Reader,
    operation: Operation,
    fixed: Mapping[str, str] | None = None,
    place: str = "",
) -> Iterator[tuple[str, dict[str, str]]]:
    """Every way of filling the path and what is required, then each optional parameter alone."""
    fixed = fixed or {}
    base = _frontier_of(reader, operation)
    if operation.takes("limit"):
        base["limit"] = "50" if operation.id == "search_book" else "200"
    required = [n for n in operation.named("query", required=True) if n not in LEFT_OUT]
    optional = [n for n in operation.named("query", required=False) if n not in LEFT_OUT]
    for path in _filled(reader, operation, fixed):
        queries = [base]
        for name in required:
            queries = [{**q, name: value} for q in queries for value in reader.values(name)]
        if place == "query":
            queries = [{**q, **fixed} for q in queries]
        yield from ((path, query) for query in queries)
        if not fixed:
            for name in optional:
                for value in reader.values(name):
                    yield path, {**queries[0], name: value}


def _filled(reader: Reader, operation: Operation, fixed: Mapping[str, str]) -> list[str]:
    paths = [operation.path]
    for name in operation.named("path"):
        values = [fixed[name]] if name in fixed else reader.values(name)
        paths = [path.replace(f"{{{name}}}", value) for path in paths for value in values]
    return paths


def _frontier_of(reader: Reader, operation: Operation) -> dict[str, str]:
    says = reader.says_so and operation.takes("up_to")
    return {"up_to": reader.locator} if says else {}


async def _pages(
    reader: Reader, operation: Operation, path: str, query: dict[str, str], body: Json | None
) -> AsyncIterator[httpx.Response]:
    for _ in range(PAGES):
        answer = await reader.client.request(operation.method, path, params=query, json=body)
        _remember(reader, answer)
        yield answer
        is_list = answer.content.startswith(b"{")
        following = _following(answer.json(), query) if is_list else None
        if following is None:
            return
        query = following


def _following(told: object, query: dict[str, str]) -> dict[str, str] | None:
    if not isinstance(told, dict):
        return None
    if cursor := told.get("next_cursor"):
        return {**query, "cursor": str(cursor)}
    if "start" in query and told.get("text"):
        start = int(told["end"])
        return {**query, "start": str(start), "end": str(start + 200_000)}
    return None


def _remember(reader: Reader, answer: httpx.Response) -> None:
    """The turns that were begun, to be asked for again."""
    for line in answer.text.splitlines():
        if line.startswith("data: ") and '"turn_id"' in line:
            turn = line.split('"turn_id": "')[1][:36]
            reader.turns = [turn]
            return


# Operations with steps of their own.


async def _uploaded(reader: Reader) -> list[Answer]:
    source = reader.shelved.source.file
    answer = await reader.client.post(
        "/api/books", files={"file": (source.name, source.read_bytes())}
    )
    assert answer.status_code == 202, answer.text
    return [("upload_book", answer)]


async def _jobs(reader: Reader) -> list[Answer]:
    """One is queued; no worker takes it, and it is cancelled when it has been looked at."""
    answer = await reader.client.post("/character/processing", json=_processing(reader)[0])
    reader.jobs = [answer.json()["job_id"]]
    return [("process_book", answer)]


async def _corrected(reader: Reader) -> list[Answer]:
    """One of the people whom the reader knows; taken back again."""
    if not (reader.says_so and reader.known.characters and reader.is_half_way()):
        return []  # once a book: it takes a second
    path = f"/api/books/{reader.book_id}/corrections"
    query = {"up_to": reader.locator}
    body = {"kind": "rename", "character_id": reader.people()[0].id, "name": "Quillfeather"}
    made = await reader.client.post(path, json=body, params=query)
    assert made.status_code == 201, made.text
    id_ = made.json()["correction"]["id"]
    listed = await reader.client.get(path, params=query)
    undone = await reader.client.delete(f"{path}/{id_}", params=query)
    assert undone.status_code == 200, undone.text
    return [("correct_cast", made), ("list_corrections", listed), ("undo_correction", undone)]


BY_HAND: dict[str, Callable[[Reader], Awaitable[list[Answer]]]] = {
    "upload_book": _uploaded,
    "list_jobs": _jobs,
    "correct_cast": _corrected,
}
