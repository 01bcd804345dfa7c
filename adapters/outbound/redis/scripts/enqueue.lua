-- ARGV: id, book, owner or '', kept (ms), element, then the record's fields and values.
-- Gives the job that is there already; false if this one was queued.
local id, book, owner, kept, element = unpack(ARGV, 1, 5)

if exists(id) then return read(id) end
local running = redis.call('HGET', active, book)
if running and exists(running) then return read(running) end

local time = now()
for _, old in ipairs(redis.call('ZRANGEBYSCORE', ended, '-inf', time, 'LIMIT', 0, 10)) do
  forget(old)
end
local previous = newest_of(book)
if previous then redis.call('ZADD', ended, time + kept, previous) end

local fields = {unpack(ARGV, 6)}
table.insert(fields, 'element')
table.insert(fields, element)
create(id, book, owner, fields)
redis.call('RPUSH', queue, element)
return false
