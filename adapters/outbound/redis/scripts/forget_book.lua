-- ARGV: book. Its jobs are gone afterwards, whatever their state.
for _, id in ipairs(redis.call('ZRANGE', jobs_of_book(ARGV[1]), 0, -1)) do forget(id) end
return false
