-- asked: id, book, owner ('' for none), element, fields: of the record, and kept: how long (ms) an
-- ended job is known after a later one of its book.
-- Gives the job that is there already; false if this one was queued.
local id, book = asked.id, asked.book

if exists(id) then return read(id) end
local running = redis.call('HGET', active, book)
if running and exists(running) then return read(running) end

local time = now()
for _, old in ipairs(redis.call('ZRANGEBYSCORE', ended, '-inf', time, 'LIMIT', 0, 10)) do
  forget(old)
end
local previous = newest_of(book)
if previous then redis.call('ZADD', ended, time + asked.kept, previous) end

create(id, book, asked.owner, asked.element, asked.fields)
redis.call('RPUSH', queue, asked.element)
return false
