"""Typed values in a cache that may lose them, be away, or hold what another program has written."""

from collections import OrderedDict
from contextlib import suppress
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from application.ports.cache import Cache
from domain.errors import StoreUnavailable

KEPT_SECONDS = 3_600.0

K = TypeVar("K")
V = TypeVar("V")


class CachedValues(Generic[V]):
    """Dataclasses as JSON, under `prefix` + id, for an hour. A value that does not fit its type is
    a miss, and so is a cache that is away."""

    def __init__(self, cache: Cache, kind: type[V], prefix: str) -> None:
        self._cache = cache
        self._form = TypeAdapter(kind)
        self._prefix = prefix

    async def get(self, name: str) -> V | None:
        with suppress(StoreUnavailable, ValidationError):
            written = await self._cache.get(self._prefix + name)
            return None if written is None else self._form.validate_json(written)
        return None

    async def set(self, name: str, value: V) -> None:
        with suppress(StoreUnavailable):
            await self._cache.set(self._prefix + name, self._form.dump_json(value), KEPT_SECONDS)

    async def forget(self, name: str) -> None:
        """Makes room; nothing relies on it, since whoever reads checks what the value is of."""
        with suppress(StoreUnavailable):
            await self._cache.delete(self._prefix + name)


class Lately(Generic[K, V]):
    """The values used last, in this process."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def drop(self, key: K) -> V | None:
        return self._values.pop(key, None)

    def clear(self) -> None:
        self._values.clear()
