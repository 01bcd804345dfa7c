-- asked: which: 'jobs', 'book:<id>' or 'owner:<id>'; before: the place before which they stand, or
-- '+inf'; limit. Gives their records, newest first.
local ids = redis.call('ZREVRANGEBYSCORE', queue .. ':' .. asked.which, '(' .. asked.before, '-inf',
  'LIMIT', 0, asked.limit)
local records = {}
for _, id in ipairs(ids) do table.insert(records, read(id)) end
return records
