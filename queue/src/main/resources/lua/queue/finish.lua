-- Ends leases and their jobs, appends a FINISHED result for each. A lease that was lost changes nothing.
-- KEYS[1] string: the shard.
-- ARGV[2..] per lease: id, attempt, lease id, ending (COMPLETED, FAILED or CANCELLED), report.
-- Result: {"OK", per lease: 1 ended (now, or by the same call before), 0 lost}.
local FIELDS = 5
local reply, ended, ids, leased, ends, by_lane, seen = {'OK'}, {}, {}, {}, {}, {}, {}

-- True for a call repeated after a broken connection.
local function ended_before(id, token, lease_id)
  return seen[lease_id] == true
    or call('HGET', over_key(minute), id) == token
    or call('HGET', over_key(minute - 1), id) == token
end

local all = {}
for at = 2, #ARGV, FIELDS do
  all[#all + 1] = ARGV[at]
end
local records = #all > 0 and call('HMGET', P .. 'leases', unpack(all)) or {}

for i, id in ipairs(all) do
  local at = 2 + (i - 1) * FIELDS
  local lease_id, packed = ARGV[at + 2], records[i]
  local token = ARGV[at + 1] .. ' ' .. lease_id
  local lease = packed and not seen[lease_id] and if_held(cmsgpack.unpack(packed), ARGV[at + 1], lease_id)
  if lease then
    seen[lease_id] = true
    ids[#ids + 1] = id
    ends[#ends + 1] = id
    ends[#ends + 1] = token
    ended[#ended + 1] = {at, lease}
    gather(leased, leased_key(lease[LANE]), id)
    by_lane[lease[LANE]] = true
    reply[#reply + 1] = 1
  else
    reply[#reply + 1] = ended_before(id, token, lease_id) and 1 or 0
  end
end
if #ended == 0 then
  return reply
end

-- Claimers that wait care only if a lane was at its cap until now.
local freed = false
if call('EXISTS', P .. 'idle') == 1 then
  for lane in pairs(by_lane) do
    local active_max = tonumber(call('HGET', P .. 'lane:' .. lane, 'active_max') or 0)
    freed = freed or call('ZCARD', leased_key(lane)) >= active_max
  end
end

-- Deleting first, so that a full Redis takes it (see write_though_full).
call('HDEL', P .. 'leases', unpack(ids))
call('HDEL', P .. 'jobs', unpack(ids))
call('HDEL', P .. 'progress', unpack(ids))
write_all('ZREM', leased)
local counts, times = {}, {}
for _, end_ in ipairs(ended) do
  local at, lease = end_[1], end_[2]
  local ending = ARGV[at + 3]
  add_result('FINISHED', ARGV[at], lease[ATTEMPT], lease[LEASE], lease[WORKER], ending, ARGV[at + 4])
  local lane = lease[LANE]
  counts[lane] = counts[lane] or {}
  counts[lane][ending] = (counts[lane][ending] or 0) + 1
  if ending == 'COMPLETED' then
    local took = now - lease[STARTED]
    counts[lane].ms = (counts[lane].ms or 0) + took
    gather(times, P .. 'times:' .. lane .. ':' .. lease[KIND], took)
  end
end
for lane, of_lane in pairs(counts) do
  for what, by in pairs(of_lane) do
    count(lane, what, by)
  end
end
for key, list in pairs(times) do
  if call('LPUSH', key, unpack(list)) > 128 then
    call('LTRIM', key, 0, 63)
  end
end
end_all(ends)
wake_readers()
if freed then
  wake_all_claimers()
end
return reply
