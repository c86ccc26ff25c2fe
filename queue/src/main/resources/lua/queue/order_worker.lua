-- Keeps an order for a worker; its next heartbeat is answered with it.
-- KEYS[1] string: the shard.
-- ARGV[2] string: worker id. ARGV[3] string: "drain" or "concurrency". ARGV[4] integer: the value.
-- Result: {"OK", last heartbeat ms, what it said of itself} or {"NOWORKER"}.
local id = ARGV[2]
local seen = call('ZSCORE', P .. 'workers', id)
local said = call('HGET', P .. 'worker_states', id)
if not seen or not said then
  return {'NOWORKER'}
end
call('HSET', P .. 'worker_orders', id .. ':' .. ARGV[3], ARGV[4])
return {'OK', tonumber(seen), said}
