from datetime import datetime, timedelta

from application.ports.clock import Clock, utc_now


class MemoryCache:
    def __init__(self, *, clock: Clock = utc_now) -> None:
        self.values: dict[str, tuple[bytes, datetime]] = {}
        self._clock = clock

    async def get(self, key: str) -> bytes | None:
        value, expires_at = self.values.get(key, (None, self._clock()))
        return value if self._clock() < expires_at else None

    async def set(self, key: str, value: bytes, ttl: float) -> None:
        self.values[key] = (value, self._clock() + timedelta(seconds=ttl))

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)
