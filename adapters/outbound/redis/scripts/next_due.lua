-- asked: grace (ms) for an element that was taken and not leased.
-- Gives the milliseconds until something may be claimed without a push to the queue; -1: nothing.
local time = now()
local next_time

local function sooner(when)
  when = tonumber(when)
  if when and (not next_time or when < next_time) then next_time = when end
end

for _, ids in ipairs({leases, delayed}) do
  sooner(redis.call('ZRANGE', ids, 0, 0, 'WITHSCORES')[2])
end
for _, element in ipairs(redis.call('LRANGE', processing, 0, 99)) do
  redis.call('ZADD', taken, 'NX', time, element)
  sooner(redis.call('ZSCORE', taken, element) + asked.grace)
end
if not next_time then return -1 end
return math.max(0, next_time - time)
