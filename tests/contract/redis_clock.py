"""Time that passes for a Redis, whose own clock cannot be set: what it keeps grows older."""

from adapters.outbound.redis.client import RedisClient
from tests.contract.fake_clock import FakeClock

_GROW_OLDER = """
local passed = tonumber(ARGV[1])
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = redis.call('PTTL', key)
  if left > 0 then redis.call('PEXPIRE', key, left - passed) end
  for _, times in ipairs({'leases', 'delayed', 'taken', 'ended'}) do
    if key == 'processing_queue:' .. times then
      for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
        redis.call('ZINCRBY', key, -passed, member)
      end
    end
  end
end
"""


class RedisClock(FakeClock):
    def __init__(self, redis: RedisClient) -> None:
        super().__init__()
        self._redis = redis

    async def advance(self, seconds: float) -> None:
        await self._redis.command("EVAL", _GROW_OLDER, 0, round(seconds * 1000))
        await super().advance(seconds)
