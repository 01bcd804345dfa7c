-- KEYS: the lock, its fence. ARGV: token, seconds until the lock runs out, seconds until the fence
-- is forgotten. Gives the fence; false if another holds the lock.
-- The fence is one more than the last, and never less than the time in milliseconds: so it also
-- grows where Redis has lost the last, as long as its clock was not set back since then.
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then return false end
local time = redis.call('TIME')
local fence = time[1] * 1000 + math.floor(time[2] / 1000)
local last = redis.call('GET', KEYS[2])
if last and tonumber(last) >= fence then fence = tonumber(last) + 1 end
redis.call('SET', KEYS[2], string.format('%.0f', fence), 'EX', ARGV[3])
return fence
