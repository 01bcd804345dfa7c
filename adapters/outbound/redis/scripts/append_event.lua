-- KEYS: the turn's stream; the key that lives as long as its process may be thought alive.
-- ARGV: event, '1' if it is the last, seconds that the stream is kept, seconds of silence after
-- which its process must have died, channel. Gives the event's number; false if the turn has ended.
local stream, alive = KEYS[1], KEYS[2]
local event, is_last, kept, silence, channel = unpack(ARGV)
local number = 1
local newest = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
if newest then
  if newest[2][2] == '1' then return false end
  number = tonumber(newest[1]:match('^%d+')) + 1
end
redis.call('XADD', stream, number .. '-0', 'last', is_last, 'event', event)
redis.call('EXPIRE', stream, kept)
if is_last == '1' then
  redis.call('DEL', alive)
else
  redis.call('SET', alive, '', 'EX', silence)
end
redis.call('PUBLISH', channel, '')
return number
