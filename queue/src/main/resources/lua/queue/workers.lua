-- All workers. Those silent for long are forgotten on the way.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: ms of silence after which a worker is forgotten.
-- Result: {"OK", now ms, per worker: id, last heartbeat ms, what it said of itself}.
local gone = call('ZRANGEBYSCORE', P .. 'workers', '-inf', now - ARGV[2])
for _, id in ipairs(gone) do
  call('ZREM', P .. 'workers', id)
  call('HDEL', P .. 'worker_states', id)
  call('HDEL', P .. 'worker_orders', id .. ':drain', id .. ':concurrency')
end
local reply = {'OK', now}
local workers = call('ZRANGE', P .. 'workers', 0, -1, 'WITHSCORES')
for at = 1, #workers, 2 do
  local said = call('HGET', P .. 'worker_states', workers[at])
  if said then
    reply[#reply + 1] = workers[at]
    reply[#reply + 1] = tonumber(workers[at + 1])
    reply[#reply + 1] = said
  end
end
return reply
