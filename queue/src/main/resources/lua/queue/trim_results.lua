-- Deletes results that every group has acknowledged, and consumers gone for long that owe nothing.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: ms after which an idle consumer is gone.
-- Result: {"OK", results deleted}.
local key = P .. 'results'
if call('EXISTS', key) == 0 then
  return {'OK', 0}
end

local function before(a, b)
  local a_ms, a_seq = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_seq = string.match(b, '(%d+)-(%d+)')
  a_ms, a_seq, b_ms, b_seq = tonumber(a_ms), tonumber(a_seq), tonumber(b_ms), tonumber(b_seq)
  return a_ms < b_ms or (a_ms == b_ms and a_seq < b_seq)
end

local function after(id)
  local ms, seq = string.match(id, '(%d+)-(%d+)')
  return ms .. '-' .. string.format('%.0f', tonumber(seq) + 1)
end

local keep_from
for _, info in ipairs(call('XINFO', 'GROUPS', key)) do
  local group = {}
  for i = 1, #info, 2 do
    group[info[i]] = info[i + 1]
  end
  local oldest = group.pending > 0 and call('XPENDING', key, group.name)[2] or after(group['last-delivered-id'])
  if not keep_from or before(oldest, keep_from) then
    keep_from = oldest
  end
  for _, consumer in ipairs(call('XINFO', 'CONSUMERS', key, group.name)) do
    local name, pending, idle = consumer[2], consumer[4], consumer[6]
    if pending == 0 and idle > tonumber(ARGV[2]) then
      call('XGROUP', 'DELCONSUMER', key, group.name, name)
    end
  end
end
return {'OK', keep_from and call('XTRIM', key, 'MINID', '=', keep_from) or 0}
