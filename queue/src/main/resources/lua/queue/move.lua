-- Gives waiting and delayed jobs another lane or priority; their time of enqueueing stays.
-- KEYS[1] string: the shard.
-- ARGV[2..] per job: id, lane, priority, head starts us as configured of the priority and of retries.
-- Result: {"OK", per job: 1 moved, 0 neither waiting nor delayed} or {"NOLANE", lane}.
local FIELDS = 5
for at = 2, #ARGV, FIELDS do
  if call('EXISTS', P .. 'lane:' .. ARGV[at + 1]) == 0 then
    return {'NOLANE', ARGV[at + 1]}
  end
end

local reply = {'OK'}
for at = 2, #ARGV, FIELDS do
  local id, lane = ARGV[at], ARGV[at + 1]
  local job = job_of(id)
  if job and call('HEXISTS', P .. 'leases', id) == 0 then
    local was_delayed, was_waiting = delayed_key(job[LANE]), wait_key(job[LANE], job[KIND])
    local due = call('ZSCORE', was_delayed, id)
    job[LANE] = lane
    job[PRIORITY] = tonumber(ARGV[at + 2])
    job[SCORE] = job[TICKET] - head_start(job[PRIORITY], job[ATTEMPTS], job[ATTEMPTS] > 0 and ARGV[at + 4] or ARGV[at + 3])
    call('HSET', P .. 'jobs', id, cmsgpack.pack(job))
    if due then
      call('ZREM', was_delayed, id)
      call('ZADD', delayed_key(lane), due, id)
    else
      call('ZREM', was_waiting, id)
      call('ZADD', wait_key(lane, job[KIND]), job[SCORE], id)
      wake_claimers(job[KIND])
    end
    reply[#reply + 1] = 1
  else
    reply[#reply + 1] = 0
  end
end
return reply
