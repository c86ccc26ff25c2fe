-- All lanes in their order, with their numbers and what they did in the last hour.
-- KEYS[1] string: the shard.
-- Result: {"OK", per lane a list}: name, mode, by, reason, since ms, active max, claims per second max, timeout ms,
--         attempts max, waiting max, active, delayed, completed, failed, cancelled, lost, run ms of those completed,
--         then kind and waiting for each kind; or {"NOLANES"}.
local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
local kinds = call('SMEMBERS', P .. 'kinds')
table.sort(kinds)
local COUNTED = {'COMPLETED', 'FAILED', 'CANCELLED', 'LOST', 'ms'}

local fields, sums = {}, {}
for _, name in ipairs(names) do
  for _, what in ipairs(COUNTED) do
    fields[#fields + 1] = name .. ':' .. what
    sums[#sums + 1] = 0
  end
end
local minute = math.floor(now / 60000)
for ago = 0, 59 do
  local values = call('HMGET', P .. 'stats:' .. string.format('%.0f', minute - ago), unpack(fields))
  for i = 1, #fields do
    sums[i] = sums[i] + (values[i] and tonumber(values[i]) or 0)
  end
end

local reply = {'OK'}
for number, name in ipairs(names) do
  local lane = call('HMGET', P .. 'lane:' .. name, 'mode', 'by', 'reason', 'since', 'active_max', 'per_second',
    'timeout', 'attempts_max', 'waiting_max')
  table.insert(lane, 1, name)
  for i = 5, 10 do
    lane[i] = tonumber(lane[i])
  end
  lane[#lane + 1] = call('ZCARD', leased_key(name))
  lane[#lane + 1] = call('ZCARD', delayed_key(name))
  for i = 1, #COUNTED do
    lane[#lane + 1] = sums[(number - 1) * #COUNTED + i]
  end
  for _, kind in ipairs(kinds) do
    lane[#lane + 1] = kind
    lane[#lane + 1] = call('ZCARD', wait_key(name, kind))
  end
  reply[#reply + 1] = lane
end
return reply
