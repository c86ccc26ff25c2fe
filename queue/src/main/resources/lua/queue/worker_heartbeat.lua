-- Keeps what a worker says of itself, and tells it what an operator wants of it.
-- KEYS[1] string: the shard.
-- ARGV[2] string: worker id. ARGV[3] bytes: what it says.
-- Result: {"OK", 1 to drain, jobs at once (0: as it likes)}.
write_though_full()
call('ZADD', P .. 'workers', now, ARGV[2])
call('HSET', P .. 'worker_states', ARGV[2], ARGV[3])
local drain, concurrency = unpack(call('HMGET', P .. 'worker_orders', ARGV[2] .. ':drain', ARGV[2] .. ':concurrency'))
return {'OK', drain and 1 or 0, tonumber(concurrency or 0)}
