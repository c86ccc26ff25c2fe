-- Removes all that is left of ids, leased or not. Workers that hold one are told to stop.
-- KEYS[1] string: the shard.
-- ARGV[2..] string: ids.
-- Result: {"OK", per id: 1 something was there, 0 nothing}.
local reply = {'OK'}
local freed = false
for at = 2, #ARGV do
  local id = ARGV[at]
  local lease, job = lease_of(id), job_of(id)
  local removed = call('HDEL', P .. 'jobs', id) + call('HDEL', P .. 'leases', id) + call('HDEL', P .. 'progress', id)
    + call('DEL', P .. 'lost:' .. id)
  if job then
    call('ZREM', wait_key(job[LANE], job[KIND]), id)
    call('ZREM', delayed_key(job[LANE]), id)
  end
  if lease then
    freed = true
    call('ZREM', leased_key(lease[LANE]), id)
    call('PUBLISH', P .. 'cancel:' .. lease[WORKER], id)
  end
  reply[#reply + 1] = removed > 0 and 1 or 0
end
if freed then
  wake_all_claimers()
end
return reply
