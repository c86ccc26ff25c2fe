-- Puts leased jobs back to the heads of their lanes, the attempt not counted, and appends a RETURNED result for each.
-- A job whose cancellation was asked for ends as cancelled instead.
-- KEYS[1] string: the shard.
-- ARGV[2..] per lease: id, attempt, lease id.
-- Result: {"OK", per lease: 1 given back or ended, 0 lost}.
local FIELDS = 3
-- Less than two tickets are apart, and more than a double can tell apart until the year 2112.
local HALF_MICROSECOND = 0.5
local function lowest_score(lane)
  local lowest = math.huge
  for _, kind in ipairs(call('SMEMBERS', P .. 'kinds')) do
    local head = call('ZRANGE', wait_key(lane, kind), 0, 0, 'WITHSCORES')[2]
    lowest = math.min(lowest, tonumber(head or math.huge))
  end
  return lowest
end

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
      end_all({id, lease[ATTEMPT] .. ' ' .. lease[LEASE]})
      add_result('FINISHED', id, lease[ATTEMPT], lease[LEASE], lease[WORKER], 'CANCELLED', '')
      count(lease[LANE], 'CANCELLED', 1)
    else
      local job = job_of(id)
      job[SCORE] = math.min(job[SCORE], lowest_score(lease[LANE]) - HALF_MICROSECOND)
      call('HSET', P .. 'jobs', id, cmsgpack.pack(job))
      call('ZADD', wait_key(lease[LANE], lease[KIND]), job[SCORE], id)
      add_result('RETURNED', id, lease[ATTEMPT], lease[LEASE], lease[WORKER], '', '')
    end
  end
end
if any then
  wake_readers()
  wake_all_claimers()
end
return reply
