-- asked: id, token, lease (ms). Renews the lease and gives the record; false if the lease is lost.
local held = redis.call('HMGET', record_of(asked.id), 'token', 'state')
if tonumber(held[1]) ~= asked.token or held[2] ~= 'running' then return false end
redis.call('ZADD', leases, now() + asked.lease, asked.id)
return read(asked.id)
