-- Forgets a worker that ends.
-- KEYS[1] string: the shard.
-- ARGV[2] string: worker id.
-- Result: {"OK", 1 if it was there}.
local id = ARGV[2]
call('HDEL', P .. 'worker_states', id)
call('HDEL', P .. 'worker_orders', id .. ':drain', id .. ':concurrency')
return {'OK', call('ZREM', P .. 'workers', id)}
