"""What the stubs of embedding and reranking servers share: vectors in which texts that share words
are near, keys, and answers that a test wants instead of the right one."""

from __future__ import annotations

import argparse
import asyncio
import base64
from array import array
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from domain.terms import terms

KEY = "test-key"
LENGTH = 3.0  # of a vector, so that whoever wants unit length has to see to it

Refusal = Callable[[str], object]  # a vendor's error body, from a message


def word_vector(text: str, dimension: int) -> list[float]:
    """A place for each term of the text (the hashing trick), the same on every machine."""
    vector = [0.0] * dimension
    for term in terms(text) or [text]:
        vector[int.from_bytes(sha256(term.encode()).digest()[:4]) % dimension] += 1.0
    length = sum(x * x for x in vector) ** 0.5
    return [LENGTH * x / length for x in vector]


def packed(row: list[float]) -> str:
    """As float32 in base64, a quarter of what the numbers take."""
    return base64.b64encode(array("f", row).tobytes()).decode()


def overlap(query: str, text: str) -> float:
    """The share of the query's terms that the text has."""
    wanted = set(terms(query))
    return len(wanted & set(terms(text))) / len(wanted) if wanted else 0.0


@dataclass(frozen=True, slots=True)
class Instead:
    """An answer that is given once, instead of the right one."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None  # None: the vendor's error body


@dataclass
class ModelServer:
    """What the server has been asked, and what it is to answer next."""

    instead: deque[Instead] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    answered: list[dict[str, Any]] = field(default_factory=list)  # what the right answers held
    silent: bool = False  # takes every request, and answers none
    come: int = 0  # requests, of any kind
    at_once: int = 0
    most_at_once: int = 0

    def app(self, error: Refusal) -> FastAPI:
        """An app that asks for the key and gives the answers that a test wants; its routes come
        from the vendor's stub."""
        app = FastAPI(openapi_url=None)

        @app.middleware("http")
        async def steer(
            request: Request, go_on: Callable[[Request], Awaitable[Response]]
        ) -> Response:
            self.come += 1
            if self.silent:
                await asyncio.Event().wait()
            if request.headers.get("authorization") != f"Bearer {KEY}":
                return JSONResponse(error("invalid api key"), 401)
            if self.instead:
                wanted = self.instead.popleft()
                body = error("as the test wants it") if wanted.body is None else wanted.body
                return JSONResponse(body, wanted.status, dict(wanted.headers))
            self.at_once += 1
            self.most_at_once = max(self.at_once, self.most_at_once)
            try:
                await asyncio.sleep(0)  # others may come in
                return await go_on(request)
            finally:
                self.at_once -= 1

        return app


def serve(app: FastAPI) -> None:
    """For `python -m tests.stubs.<name> --port N`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(app, host="127.0.0.1", port=parser.parse_args().port, log_level="warning")
