-- What the scripts of the queue share. ARGV[1] is a JSON object, `asked`: as one word it costs the
-- client less than many. KEYS[1] is the queue's name; the other keys begin with it:
--   <queue>                 list: JSON elements, pushed on the right, taken from the left
--   <queue>:processing      list: elements that a worker took and has not leased yet
--   <queue>:taken           zset: those elements, by when they were first seen there
--   <queue>:job:<id>        hash: a job, with its token, revision, place, element
--   <queue>:leases          zset: ids of running jobs, by when their lease runs out
--   <queue>:delayed         zset: ids of jobs in a pause, by when it is over
--   <queue>:active          hash: the one queued or running job of each book
--   <queue>:jobs            zset: ids by place; also <queue>:book:<id> and <queue>:owner:<id>
--   <queue>:ended           zset: ids of ended jobs that a later one of their book has followed,
--                           by when they may be forgotten
--   <queue>:dead            list: JSON, what failed for good, and why
-- Times are milliseconds of Redis's own clock: hosts' clocks do not matter.
local asked = cjson.decode(ARGV[1])
local queue = KEYS[1]
local processing, taken = queue .. ':processing', queue .. ':taken'
local leases, delayed, ended = queue .. ':leases', queue .. ':delayed', queue .. ':ended'
local active, jobs, dead = queue .. ':active', queue .. ':jobs', queue .. ':dead'
local DEAD_KEPT = 1000 -- the newest so many

local function record_of(id) return queue .. ':job:' .. id end
local function jobs_of_book(book) return queue .. ':book:' .. book end
local function jobs_of_owner(owner) return queue .. ':owner:' .. owner end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The fields in the order in which job_record.py reads them.
local function read(id)
  return redis.call('HMGET', record_of(id), 'job', 'state', 'attempts', 'error', 'updated_at',
    'token', 'revision', 'seq')
end

local function exists(id) return redis.call('EXISTS', record_of(id)) == 1 end

local function tell(id) redis.call('PUBLISH', queue .. ':changed:' .. id, '') end

local function newest_of(book) return redis.call('ZREVRANGE', jobs_of_book(book), 0, 0)[1] end

local function bury(letter)
  redis.call('RPUSH', dead, letter)
  redis.call('LTRIM', dead, -DEAD_KEPT, -1)
end

local function write(id, fields)
  local words = {}
  for name, value in pairs(fields) do
    table.insert(words, name)
    table.insert(words, value)
  end
  redis.call('HSET', record_of(id), unpack(words))
end

-- A record of a queued job with these fields, and its places among the others.
local function create(id, book, owner, element, fields)
  local seq = redis.call('INCR', queue .. ':seq')
  fields.book, fields.owner, fields.element = book, owner, element
  fields.seq, fields.token, fields.revision = seq, 0, 1
  write(id, fields)
  redis.call('HSET', active, book, id)
  redis.call('ZADD', jobs, seq, id)
  redis.call('ZADD', jobs_of_book(book), seq, id)
  if owner ~= '' then redis.call('ZADD', jobs_of_owner(owner), seq, id) end
end

local function unqueue(element)
  redis.call('LREM', queue, 0, element)
  redis.call('LREM', processing, 0, element)
  redis.call('ZREM', taken, element)
end

local function forget(id)
  local field = redis.call('HMGET', record_of(id), 'book', 'owner', 'element', 'letter')
  local book = field[1]
  redis.call('DEL', record_of(id))
  for _, ids in ipairs({leases, delayed, ended, jobs}) do redis.call('ZREM', ids, id) end
  if book then
    redis.call('ZREM', jobs_of_book(book), id)
    if field[2] ~= '' then redis.call('ZREM', jobs_of_owner(field[2]), id) end
    if redis.call('HGET', active, book) == id then
      redis.call('HDEL', active, book)
      unqueue(field[3])
    end
  end
  if field[4] then redis.call('LREM', dead, -1, field[4]) end
  tell(id)
end
