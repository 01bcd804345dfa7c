-- KEYS: the lock. ARGV: token. Frees it if this token holds it.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return false
