-- What the queue knows of ids.
-- KEYS[1] string: the shard.
-- ARGV[2..] string: ids.
-- Result: {"OK", per id a list}: {"ABSENT"} or {"WAITING", attempts so far} or {"DELAYED", attempts so far, due ms}
--         or {"LEASED", attempt, deadline ms, lease id, worker, 1 if cancellation was asked for, sequence, progress}.
local reply = {'OK'}
for at = 2, #ARGV do
  local id = ARGV[at]
  local lease = lease_of(id)
  local job = not lease and job_of(id)
  if lease then
    local packed = call('HGET', P .. 'progress', id)
    local progress = packed and cmsgpack.unpack(packed) or {0, 0, ''}
    reply[#reply + 1] = {'LEASED', lease[ATTEMPT], tonumber(call('ZSCORE', leased_key(lease[LANE]), id) or 0),
      lease[LEASE], lease[WORKER], lease[CANCELLED], progress[1], progress[3]}
  elseif job then
    local due = call('ZSCORE', delayed_key(job[LANE]), id)
    reply[#reply + 1] = due and {'DELAYED', job[ATTEMPTS], tonumber(due)} or {'WAITING', job[ATTEMPTS]}
  else
    reply[#reply + 1] = {'ABSENT'}
  end
end
return reply
