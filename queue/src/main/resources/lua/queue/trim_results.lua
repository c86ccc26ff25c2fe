-- Deletes the results that every group has taken and acknowledged.
-- KEYS[1] string: the shard.
-- Result: {"OK", results deleted}.
local function parts(id)
  local ms, sequence = string.match(id, '(%d+)-(%d+)')
  return tonumber(ms), tonumber(sequence)
end

local function before(a, b)
  local a_ms, a_sequence = parts(a)
  local b_ms, b_sequence = parts(b)
  return a_ms < b_ms or (a_ms == b_ms and a_sequence < b_sequence)
end

local function after(id)
  local ms, sequence = parts(id)
  return string.format('%.0f-%.0f', ms, sequence + 1)
end

local keep_from
for _, group in ipairs(call('SMEMBERS', P .. 'groups')) do
  local oldest = after(call('GET', P .. 'cursor:' .. group) or '0-0')
  local pending = call('HVALS', P .. 'pending:' .. group)
  for _, packed in ipairs(pending) do
    local first = cmsgpack.unpack(packed)[3]
    if before(first, oldest) then
      oldest = first
    end
  end
  if not keep_from or before(oldest, keep_from) then
    keep_from = oldest
  end
end
return {'OK', keep_from and call('XTRIM', P .. 'results', 'MINID', '=', keep_from) or 0}
