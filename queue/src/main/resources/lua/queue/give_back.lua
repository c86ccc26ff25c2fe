-- Puts leased jobs back to the heads of their lanes, the attempt not counted, and appends a RETURNED result for each.
-- A job whose cancellation was asked for ends as cancelled instead.
-- KEYS[1] string: the shard.
-- ARGV[2..] per lease: id, attempt, lease id.
-- Result: {"OK", per lease: 1 given back or ended, 0 lost}.
local FIELDS = 3
local reply, any = {'OK'}, false
write_though_full()
for at = 2, #ARGV, FIELDS do
  local id = ARGV[at]
  local lease = held(id, ARGV[at + 1], ARGV[at + 2])
  reply[#reply + 1] = lease and 1 or 0
  if lease then
    any = true
    call('HDEL', P .. 'leases', id)
    call('HDEL', P .. 'progress', id)
    call('ZREM', leased_key(lease[LANE]), id)
    if lease[CANCELLED] == 1 then
      call('HDEL', P .. 'jobs', id)
      add_result('FINISHED', id, lease[ATTEMPT], lease[LEASE], lease[WORKER], 'CANCELLED', '')
      count(lease[LANE], 'CANCELLED', 1)
    else
      local job = job_of(id)
      local key = wait_key(lease[LANE], lease[KIND])
      local head = call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
      job[SCORE] = head and math.min(job[SCORE], tonumber(head) - 1) or job[SCORE]
      call('HSET', P .. 'jobs', id, cmsgpack.pack(job))
      call('ZADD', key, job[SCORE], id)
      add_result('RETURNED', id, lease[ATTEMPT], lease[LEASE], lease[WORKER], '', '')
    end
  end
end
if any then
  wake_readers()
  wake_all_claimers()
end
return reply
