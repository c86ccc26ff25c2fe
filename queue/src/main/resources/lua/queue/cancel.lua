-- Takes waiting and delayed jobs out; marks leased ones, and tells their workers at once.
-- KEYS[1] string: the shard.
-- ARGV[2..] string: ids.
-- Result: {"OK", per id: 0 absent, 1 removed, 2 signalled}.
local reply = {'OK'}
write_though_full()
for at = 2, #ARGV do
  local id = ARGV[at]
  local lease = lease_of(id)
  local job = not lease and job_of(id)
  if lease then
    lease[CANCELLED] = 1
    call('HSET', P .. 'leases', id, cmsgpack.pack(lease))
    call('PUBLISH', P .. 'cancel:' .. lease[WORKER], id)
    reply[#reply + 1] = 2
  elseif job then
    call('ZREM', wait_key(job[LANE], job[KIND]), id)
    call('ZREM', delayed_key(job[LANE]), id)
    call('HDEL', P .. 'jobs', id)
    end_all({id, job[ATTEMPTS] + 1 .. ' -'})
    reply[#reply + 1] = 1
  else
    reply[#reply + 1] = 0
  end
end
return reply
