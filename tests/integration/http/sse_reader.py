"""Reads Server-Sent Events off an open answer."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any, str | None]]:
    """(event, data, id) as they come; comments are left out."""
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields["event"], json.loads(fields["data"]), fields.get("id")
            fields = {}


async def all_events(answer: httpx.Response) -> list[tuple[str, Any, str | None]]:
    return [event async for event in events(answer)]
