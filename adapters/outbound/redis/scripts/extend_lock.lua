-- KEYS: the lock. ARGV: token, seconds until it runs out. Gives whether this token holds it.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[2])
