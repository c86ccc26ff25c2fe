-- Puts off delayed retries of heavy work that are nearly due, and counts those put off.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: retries due within so many ms are put off; -1 puts off none and only counts.
-- ARGV[3] integer: ms from now to which they are put off. ARGV[4] integer: ms past its own time a retry is put off at most.
-- ARGV[5] integer: bytes of memory from which on work is heavy. ARGV[6] integer: delayed jobs of a lane looked at at most.
-- ARGV[7..] string: kinds of work that are heavy.
-- Result: {"OK", per lane: name, retries held} or {"NOLANES"}.
local within, hold, hold_max = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local memory, limit = tonumber(ARGV[5]), tonumber(ARGV[6])
local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
local heavy_kinds = {}
for at = 7, #ARGV do
  heavy_kinds[ARGV[at]] = true
end
write_though_full()

local reply = {'OK'}
for _, lane in ipairs(names) do
  local held_back = 0
  local next = call('ZRANGE', delayed_key(lane), 0, limit - 1, 'WITHSCORES')
  for at = 1, #next, 2 do
    local id, due = next[at], tonumber(next[at + 1])
    local job = job_of(id)
    if job and job[ATTEMPTS] > 0 and (heavy_kinds[job[KIND]] or job[MEMORY] >= memory) then
      local own = math.floor(job[TICKET] / 1000)
      local until_ms = math.min(now + hold, own + hold_max)
      if within >= 0 and due <= now + within and until_ms > due then
        call('ZADD', delayed_key(lane), until_ms, id)
        due = until_ms
      end
      if due > own then
        held_back = held_back + 1
      end
    end
  end
  reply[#reply + 1] = lane
  reply[#reply + 1] = held_back
end
return reply
