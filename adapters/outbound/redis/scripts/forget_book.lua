-- asked: book. Its jobs are gone afterwards, whatever their state.
for _, id in ipairs(redis.call('ZRANGE', jobs_of_book(asked.book), 0, -1)) do forget(id) end
return false
