-- The numbers of a lane.
-- KEYS[1] string: the shard.
-- ARGV[2] string: lane.
-- Result: {"OK", active max, claims per second max, timeout ms, attempts max, waiting max} or {"NOLANE", lane}.
local limits = call('HMGET', P .. 'lane:' .. ARGV[2], 'active_max', 'per_second', 'timeout', 'attempts_max', 'waiting_max')
if not limits[1] then
  return {'NOLANE', ARGV[2]}
end
local reply = {'OK'}
for i, limit in ipairs(limits) do
  reply[i + 1] = tonumber(limit)
end
return reply
