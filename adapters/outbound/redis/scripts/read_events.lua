-- KEYS: the turn's stream; the key that lives while its process does. ARGV: the number after which
-- to read, how many at most. Gives {events, whether the turn has ended, the newest number,
-- milliseconds until its process must have died}; false if there is no such turn.
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest then return false end
local events = {}
local rows = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2])
for _, row in ipairs(rows) do table.insert(events, row[2][4]) end
local number = tonumber(newest[1]:match('^%d+'))
return {events, newest[2][2] == '1' and 1 or 0, number, redis.call('PTTL', KEYS[2])}
