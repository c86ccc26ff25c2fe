-- Ends leases whose time has run out, with a LOST result for each, and lets delayed jobs wait that are due.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: leases and delayed jobs of one lane handled at most.
-- Result: {"OK", leases lost, delayed jobs now waiting, 1 if there may be more at once} or {"NOLANES"}.
local limit = tonumber(ARGV[2])
local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
local lost, due, more = 0, 0, 0
write_though_full()

local function lose(lane, id)
  lost = lost + 1
  local lease = lease_of(id)
  call('ZREM', leased_key(lane), id)
  call('HDEL', P .. 'leases', id)
  call('HDEL', P .. 'jobs', id)
  call('HDEL', P .. 'progress', id)
  if lease then
    local times = call('INCR', P .. 'lost:' .. id)
    call('EXPIRE', P .. 'lost:' .. id, 86400)
    add_result('LOST', id, lease[ATTEMPT], lease[LEASE], lease[WORKER], times, '')
    count(lane, 'LOST', 1)
  end
end

local function begin_waiting(lane, id)
  due = due + 1
  call('ZREM', delayed_key(lane), id)
  local job = job_of(id)
  if job then
    call('ZADD', wait_key(lane, job[KIND]), job[SCORE], id)
    wake_claimers(job[KIND])
  end
end

for _, lane in ipairs(names) do
  local expired = call('ZRANGEBYSCORE', leased_key(lane), '-inf', now, 'LIMIT', 0, limit)
  for _, id in ipairs(expired) do
    lose(lane, id)
  end
  local ready = call('ZRANGEBYSCORE', delayed_key(lane), '-inf', now, 'LIMIT', 0, limit)
  for _, id in ipairs(ready) do
    begin_waiting(lane, id)
  end
  if #expired == limit or #ready == limit then
    more = 1
  end
end
if lost > 0 then
  wake_readers()
  wake_all_claimers()
end
return {'OK', lost, due, more}
