-- ARGV: id, token, lease (ms). Renews the lease and gives the record; false if the lease is lost.
local id, token, lease = unpack(ARGV)
local held = redis.call('HMGET', record_of(id), 'token', 'state')
if held[1] ~= token or held[2] ~= 'running' then return false end
redis.call('ZADD', leases, now() + lease, id)
return read(id)
