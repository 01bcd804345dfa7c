-- asked: worker, updated_at: as it becomes, lease (ms), grace (ms) for an element that was taken and
-- not leased, spare_id for a job that has none, spare_attempts that such a job gets.
-- ARGV[2]: the element that this worker took, or nothing; it may be any bytes, so no JSON can hold it.
-- Gives {job, 'exhausted attempts token revision place'}, numbers in one word as each word costs the
-- client something; 'again' if all it looked at was no job to be run, and there may be more; false
-- if there is nothing to claim.
local mine, updated_at = ARGV[2], asked.updated_at
local LOOKS = 100 -- so that one call never holds up Redis
local HEX = '%x'
local UUID = '^' .. HEX:rep(8) .. ('%-' .. HEX:rep(4)):rep(3) .. '%-' .. HEX:rep(12) .. '$'
local time = now()

local function is_uuid(value) return type(value) == 'string' and value:match(UUID) end

local function text(value) -- nil for what is neither a text nor missing
  if value == nil or value == cjson.null then return '' end
  return type(value) == 'string' and value or nil
end

local function refuse(element, reason)
  bury(cjson.encode({element = element, code = 'invalid_input', message = reason,
    failed_at = updated_at}))
end

-- The id, unless the job has ended, is in a pause, or runs: then its lease tells when it may be
-- claimed.
local function if_claimable(id)
  local is_queued = redis.call('HGET', record_of(id), 'state') == 'queued'
  if is_queued and not redis.call('ZSCORE', delayed, id) then return id end
end

-- The job for an element of an older producer, {book_id, file_url, user_id}: the one that its book
-- has, or a new one.
local function adopt(element, read)
  local file_url, owner = text(read.file_url), text(read.user_id)
  if not is_uuid(read.book_id) then return refuse(element, 'book_id is no UUID.') end
  if not file_url then return refuse(element, 'file_url is no text.') end
  if not owner then return refuse(element, 'user_id is no text.') end
  local book = read.book_id:lower()
  local its_job = redis.call('HGET', active, book)
  if its_job and exists(its_job) then return if_claimable(its_job) end
  local id = is_uuid(read.job_id) and read.job_id:lower() or asked.spare_id
  if exists(id) then return nil end
  local job = {id = id, book_id = book, file_url = file_url, created_at = updated_at}
  if owner ~= '' then job.owner_id = owner end
  create(id, book, owner, element, {job = cjson.encode(job), state = 'queued', attempts = 0,
    error = '', max_attempts = asked.spare_attempts, updated_at = updated_at})
  return id
end

local function job_of(element)
  local is_json, read = pcall(cjson.decode, element)
  if not is_json or type(read) ~= 'table' then return refuse(element, 'No JSON object.') end
  if type(read.job_id) == 'string' and exists(read.job_id) then
    return if_claimable(read.job_id)
  end
  return adopt(element, read)
end

local function due(ids)
  local id = redis.call('ZRANGEBYSCORE', ids, '-inf', time, 'LIMIT', 0, 1)[1]
  if id then redis.call('ZREM', ids, id) end
  return id
end

-- An element whose worker died between taking and leasing it.
local function abandoned()
  for _, element in ipairs(redis.call('LRANGE', processing, 0, LOOKS - 1)) do
    local seen = redis.call('ZSCORE', taken, element)
    if not seen then
      redis.call('ZADD', taken, time, element)
    elseif tonumber(seen) <= time - asked.grace then
      redis.call('LREM', processing, 1, element)
      redis.call('ZREM', taken, element)
      return element
    end
  end
end

local function lease_to_worker(id)
  local field = redis.call('HMGET', record_of(id), 'job', 'state', 'attempts', 'max_attempts',
    'seq', 'token', 'revision')
  local attempts, token, revision = tonumber(field[3]), field[6] + 1, field[7] + 1
  local exhausted = field[2] == 'running' and attempts >= tonumber(field[4])
  if not exhausted then attempts = attempts + 1 end
  write(id, {state = 'running', attempts = attempts, error = '', updated_at = updated_at,
    token = token, revision = revision, worker = asked.worker})
  redis.call('ZADD', leases, time + asked.lease, id)
  tell(id)
  return {field[1], table.concat({exhausted and 1 or 0, attempts, token, revision, field[5]}, ' ')}
end

if mine ~= '' and redis.call('LREM', processing, 1, mine) == 1 then
  redis.call('ZREM', taken, mine)
  local id = job_of(mine)
  if id then return lease_to_worker(id) end
end
for _ = 1, LOOKS do
  local id = due(leases) or due(delayed)
  if id then
    if exists(id) then return lease_to_worker(id) end
  else
    local element = abandoned() or redis.call('LPOP', queue)
    if not element then return false end
    id = job_of(element)
    if id then return lease_to_worker(id) end
  end
end
return 'again'
