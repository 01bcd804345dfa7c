-- The next state of a job, if nobody has changed it meanwhile.
-- asked: id, token that must hold it (0: any), revision it was made from, fields: of the record as it
-- becomes, pause (ms) before it may be claimed, letter: its dead letter or '', kept (ms) after a
-- later job of its book.
-- Gives false if it is saved, else why not: {'missing'}, {'lost'}: the lease, {'busy'}: the book has
-- another active job, or {'changed', record...}.
local id, state = asked.id, asked.fields.state
local record = record_of(id)
local was = redis.call('HMGET', record, 'state', 'token', 'revision', 'book', 'element', 'letter')
local book, element = was[4], was[5]

if not was[1] then return {'missing'} end
if asked.token > 0 and (tonumber(was[2]) ~= asked.token or was[1] ~= 'running') then return {'lost'} end
if tonumber(was[3]) ~= asked.revision then return {'changed', unpack(read(id))} end

local was_active = was[1] == 'queued' or was[1] == 'running'
local is_active = state == 'queued' or state == 'running'
local other = redis.call('HGET', active, book)
if is_active and other and other ~= id then return {'busy'} end

asked.fields.revision = asked.revision + 1
write(id, asked.fields)

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
  elseif asked.pause > 0 then
    redis.call('ZADD', delayed, now() + asked.pause, id)
  else
    redis.call('LPUSH', queue, element)
  end
elseif was_active and not is_active then
  redis.call('HDEL', active, book)
  redis.call('ZREM', delayed, id)
  if was[1] == 'queued' then unqueue(element) end
  if newest_of(book) ~= id then redis.call('ZADD', ended, now() + asked.kept, id) end
  if asked.letter ~= '' then
    redis.call('HSET', record, 'letter', asked.letter)
    bury(asked.letter)
  end
end
tell(id)
return false
