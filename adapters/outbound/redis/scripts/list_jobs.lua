-- ARGV: which ids: 'jobs', 'book:<id>' or 'owner:<id>'; the place before which they stand, or
-- '+inf'; how many. Gives their records, newest first.
local ids = redis.call('ZREVRANGEBYSCORE', queue .. ':' .. ARGV[1], '(' .. ARGV[2], '-inf',
  'LIMIT', 0, ARGV[3])
local records = {}
for _, id in ipairs(ids) do table.insert(records, read(id)) end
return records
