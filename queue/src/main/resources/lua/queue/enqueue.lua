-- Puts jobs into their lanes, all or none. An id that is already waiting, delayed or leased is left alone, and so is one
-- that was accepted before and has just ended with a later attempt: this call comes late, or a second time.
-- KEYS[1] string: the shard.
-- ARGV[2] string: "new" (a full or draining lane refuses), "known" (accepted before: no lane refuses), "ask" (as new, but
--         adds nothing) or "agreed" (new, and asked before: no lane refuses any more).
-- ARGV[3..] per job: id, lane, kind, priority, head start us as configured, memory bytes, attempts so far, timeout ms,
--           not before ms (0: at once), payload.
-- Result: {"OK", per job: 1 added (or to be added, where asked), 0 left alone} or {"NOLANE", lane} or {"FULL", lane, waiting, waiting max}
--         or {"DRAINING", lane, by, reason}.
local FIELDS = 10
local FIRST = 3
local jobs = P .. 'jobs'

local ids = {}
for at = FIRST, #ARGV, FIELDS do
  ids[#ids + 1] = ARGV[at]
end
local present = call('HMGET', jobs, unpack(ids))

local over, over_before = {}, {}
if ARGV[2] == 'known' then
  over, over_before = call('HMGET', over_key(minute), unpack(ids)), call('HMGET', over_key(minute - 1), unpack(ids))
end

local function is_over(i, attempts)
  local token = over[i] or over_before[i]
  return token and tonumber(string.match(token, '^%d+')) > attempts
end

local reply, seen, fresh, fresh_by_lane = {'OK'}, {}, {}, {}
for i, id in ipairs(ids) do
  local at = FIRST + (i - 1) * FIELDS
  if not present[i] and not seen[id] and not is_over(i, tonumber(ARGV[at + 6])) then
    seen[id] = true
    local lane = ARGV[at + 1]
    fresh[#fresh + 1] = at
    fresh_by_lane[lane] = (fresh_by_lane[lane] or 0) + 1
    reply[#reply + 1] = 1
  else
    reply[#reply + 1] = 0
  end
end

for lane, adding in pairs(fresh_by_lane) do
  local refusal = refusal_of(lane, adding, ARGV[2] == 'known' or ARGV[2] == 'agreed')
  if refusal then
    return refusal
  end
end
if #fresh == 0 or ARGV[2] == 'ask' then
  return reply
end

-- A ticket is the time in microseconds, and one more for each job of the batch: the order of enqueueing, without ties,
-- because a script takes more microseconds than it has jobs.
local ticket = now_us - 1
local records, waits, delays, kinds = {}, {}, {}, {}
for _, at in ipairs(fresh) do
  ticket = ticket + 1
  local id, lane, kind, not_before = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 8])
  local later = not_before > now
  local begins = later and not_before * 1000 or ticket
  local score = begins - head_start(tonumber(ARGV[at + 3]), tonumber(ARGV[at + 6]), ARGV[at + 4])
  records[#records + 1] = id
  records[#records + 1] = cmsgpack.pack({lane, kind, tonumber(ARGV[at + 3]), tonumber(ARGV[at + 5]),
    tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7]), begins, score, ARGV[at + 9]})
  if later then
    gather(delays, delayed_key(lane), id, not_before)
  else
    gather(waits, wait_key(lane, kind), id, score)
    kinds[kind] = true
  end
end
call('HSET', jobs, unpack(records))
write_all('ZADD', waits)
write_all('ZADD', delays)
for kind in pairs(kinds) do
  wake_claimers(kind)
end
return reply
