-- Reads results for a consumer of a group; makes the group where there is none, from the oldest result on.
-- KEYS[1] string: the shard.
-- ARGV[2] string: group. ARGV[3] string: consumer. ARGV[4] integer: results at most.
-- ARGV[5] string: "new" (never read by the group), "own" (read by this consumer before and not acknowledged, after the
--         id ARGV[6]) or "left" (read by anyone and not acknowledged for ARGV[6] ms).
-- ARGV[7] 0 or 1: remember that this consumer waits, if nothing is found.
-- Result: {"OK", per result: its stream id, then its fields as a list of names and values}.
local key, group, consumer, max, from = P .. 'results', ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local function read()
  if from == 'left' then
    return call('XAUTOCLAIM', key, group, consumer, ARGV[6], '0-0', 'COUNT', max)[2]
  end
  local answer = call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', max, 'STREAMS', key,
    from == 'new' and '>' or ARGV[6])
  return answer and answer[1] and answer[1][2] or {}
end

local function group_exists()
  if call('EXISTS', key) == 1 then
    for _, info in ipairs(call('XINFO', 'GROUPS', key)) do
      if info[2] == group then
        return true
      end
    end
  end
  return false
end

if not group_exists() then
  call('XGROUP', 'CREATE', key, group, '0', 'MKSTREAM')
end
local reply = {'OK'}
for _, entry in ipairs(read()) do
  if entry and entry[2] then
    reply[#reply + 1] = entry[1]
    reply[#reply + 1] = entry[2]
  end
end
if #reply == 1 and ARGV[7] == '1' then
  call('SET', P .. 'reading', 1)
end
return reply
