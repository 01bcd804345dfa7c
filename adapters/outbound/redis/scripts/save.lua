-- The next state of a job, if nobody has changed it meanwhile.
-- ARGV: id, the token that must hold it or '', the revision it was made from, its new state, the
-- pause (ms) before it may be claimed, its dead letter or '', how long (ms) it is kept after a later
-- job of its book, then the record's fields and values.
-- Gives {'saved'}, {'missing'}, {'lost'}: the lease, {'busy'}: the book has another active job, or
-- {'changed', record...}.
local id, token, revision, state, pause, letter, kept = unpack(ARGV, 1, 7)
local record = record_of(id)
local was = redis.call('HMGET', record, 'state', 'token', 'revision', 'book', 'element', 'letter')
local book, element = was[4], was[5]

if not was[1] then return {'missing'} end
if token ~= '' and (was[2] ~= token or was[1] ~= 'running') then return {'lost'} end
if was[3] ~= revision then return {'changed', unpack(read(id))} end

local was_active = was[1] == 'queued' or was[1] == 'running'
local is_active = state == 'queued' or state == 'running'
local other = redis.call('HGET', active, book)
if is_active and other and other ~= id then return {'busy'} end

redis.call('HSET', record, 'state', state, unpack(ARGV, 8))
redis.call('HINCRBY', record, 'revision', 1)

if state ~= 'running' then redis.call('ZREM', leases, id) end
if state == 'queued' then
  if not was_active then -- tried again at the end of the queue
    redis.call('HSET', active, book, id)
    redis.call('ZREM', ended, id)
    if was[6] then
      redis.call('LREM', dead, -1, was[6])
      redis.call('HDEL', record, 'letter')
    end
    redis.call('RPUSH', queue, element)
  elseif tonumber(pause) > 0 then
    redis.call('ZADD', delayed, now() + pause, id)
  else
    redis.call('LPUSH', queue, element)
  end
elseif was_active and not is_active then
  redis.call('HDEL', active, book)
  redis.call('ZREM', delayed, id)
  if was[1] == 'queued' then unqueue(element) end
  if newest_of(book) ~= id then redis.call('ZADD', ended, now() + kept, id) end
  if letter ~= '' then
    redis.call('HSET', record, 'letter', letter)
    bury(letter)
  end
end
tell(id)
return {'saved'}
