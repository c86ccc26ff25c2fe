-- Leases waiting jobs to a worker, writes a STARTED result for each. The work does not grow with the jobs waiting.
-- KEYS[1] string: the shard.
-- ARGV[2] string: worker. ARGV[3] integer: jobs at most. ARGV[4] integer: bytes of memory the worker has free.
-- ARGV[5] integer: lease ms. ARGV[6] integer: ms a lease may be renewed beyond the attempt's timeout.
-- ARGV[7] integer: every how many claims a lower lane is served; 0 never. ARGV[8] integer: jobs of a lane looked at
--         and passed over at most. ARGV[9] integer: head start of retries us. These three are as configured, and may have
--         been ordered otherwise. ARGV[10] integer: results at most in the stream.
-- ARGV[11] 0 or 1: remember that this worker waits. ARGV[12] integer: kinds, then so many kinds the worker can do,
--         then as many lease ids as ARGV[3].
-- Result: {"OK", ms after which a rate allows more (-1: not known), bytes of memory the jobs need, then per
--         job: id, kind, lane, attempt, lease id, payload, timeout ms, enqueued ms} or {"NOLANES"} or {"BACKLOG"} (results
--         are not being read).
local worker, max, memory_free = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local lease_ms, grace_ms = tonumber(ARGV[5]), tonumber(ARGV[6])
local turn_every, look_ahead = rule('lower_lane_every', ARGV[7]), rule('look_ahead_max', ARGV[8])
local urgent_score = now_us - rule('head_start:retry', ARGV[9])
local KINDS = 12
local kinds_count = tonumber(ARGV[KINDS])

local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
if call('XLEN', P .. 'results') >= tonumber(ARGV[10]) then
  return {'BACKLOG'}
end

local lanes, hint = {}, -1

-- How many jobs the lane's rate allows now. "next" is when the bucket, one second's worth, would be full again.
local function tokens_of(lane, per_second)
  local step = 1000000 / per_second
  lane.step = step
  lane.next = math.max(tonumber(call('HGET', P .. 'rates', lane.name) or 0), now_us - 1000000)
  return math.floor((now_us - lane.next) / step + 0.000001)
end

-- How many jobs of the lane may begin now: by its mode, its cap and its rate.
local function free_of(lane)
  local mode, active_max, per_second =
    unpack(call('HMGET', P .. 'lane:' .. lane.name, 'mode', 'active_max', 'per_second'))
  if mode == 'paused' then
    return 0
  end
  local free = tonumber(active_max) - call('ZCARD', leased_key(lane.name))
  if free > 0 and tonumber(per_second) > 0 then
    free = math.min(free, tokens_of(lane, tonumber(per_second)))
    if free <= 0 then
      local ready = math.max(1, math.ceil((lane.next + lane.step - now_us) / 1000))
      hint = hint < 0 and ready or math.min(hint, ready)
    end
  end
  return free
end

-- Reads the next jobs of a sorted set; "score" is nil when there are no more.
local function turn_page(head)
  head.page = head.ended and {} or call('ZRANGE', head.key, head.offset, head.offset + head.fetch - 1, 'WITHSCORES')
  head.offset = head.offset + head.fetch
  head.ended = #head.page < 2 * head.fetch
  head.fetch = math.max(8, max)
  head.at = 1
  head.score = tonumber(head.page[2])
  head.records = nil
end

-- The job at the head. The records of a page are read together.
local function job_at(head)
  if not head.records then
    local ids = {}
    for at = 1, #head.page, 2 do
      ids[#ids + 1] = head.page[at]
    end
    head.records = call('HMGET', P .. 'jobs', unpack(ids))
  end
  local packed = head.records[(head.at + 1) / 2]
  return packed and cmsgpack.unpack(packed)
end

local function pass(head)
  head.at = head.at + 2
  head.score = tonumber(head.page[head.at + 1])
  if not head.score then
    turn_page(head)
  end
end

-- The lane's job with the lowest score, of several with the same the one of the lowest id, as within a sorted set: the set
-- it heads, and that score. Nil if nothing waits.
local function first_of(lane)
  local first, lowest
  for _, head in ipairs(lane.heads) do
    local score = head.score
    if score and (not lowest or score < lowest or (score == lowest and head.page[head.at] < first.page[first.at])) then
      first, lowest = head, score
    end
  end
  return first, lowest
end

for _, name in ipairs(names) do
  local lane = {name = name, heads = {}, passed = 0}
  for k = KINDS + 1, KINDS + kinds_count do
    local head = {key = wait_key(name, ARGV[k]), offset = 0, fetch = 1}
    turn_page(head)
    if head.score then
      lane.heads[#lane.heads + 1] = head
    end
  end
  if #lane.heads > 0 then
    lane.free = free_of(lane)
    if lane.free > 0 then
      lanes[#lanes + 1] = lane
    end
  end
end

local turn, turned = nil, false

-- Urgent and retried work first, else the highest lane. Every so often the longest waiting of the lanes below it.
local function choose()
  local chosen, chosen_head, chosen_urgent, lower, lower_head, lower_score
  for _, lane in ipairs(lanes) do
    if lane.free > 0 then
      local head, score = first_of(lane)
      if head then
        local urgent = score <= urgent_score
        if not chosen or (urgent and not chosen_urgent) then
          chosen, chosen_head, chosen_urgent = lane, head, urgent
          lower = nil
        elseif not lower or score < lower_score then
          lower, lower_head, lower_score = lane, head, score
        end
      end
    end
  end
  if lower and turn_every > 0 then
    turn = turn or tonumber(call('GET', P .. 'turn') or 0)
    if (turn + 1) % turn_every == 0 then
      return lower, lower_head, true
    end
  end
  return chosen, chosen_head, lower ~= nil and turn_every > 0
end

local reply = {'OK', hint, 0}
local taken, leases, removals, deadlines, started = 0, {}, {}, {}, {}

local function take(lane, id, job)
  taken = taken + 1
  lane.free = lane.free - 1
  if lane.step then
    lane.next = lane.next + lane.step
    lane.used = true
  end
  memory_free = memory_free - job[MEMORY]
  reply[3] = reply[3] + job[MEMORY]
  local attempt = job[ATTEMPTS] + 1
  local lease_id = ARGV[KINDS + kinds_count + taken]
  local renew_until = now + job[TIMEOUT] + grace_ms
  leases[#leases + 1] = id
  leases[#leases + 1] = cmsgpack.pack({job[LANE], job[KIND], lease_id, worker, attempt, now, renew_until, 0})
  gather(deadlines, leased_key(job[LANE]), id, math.min(now + lease_ms, renew_until))
  started[taken] = {id, attempt, lease_id}
  local at = #reply
  reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = id, job[KIND], job[LANE], attempt
  reply[at + 5], reply[at + 6], reply[at + 7] = lease_id, job[PAYLOAD], job[TIMEOUT]
  reply[at + 8] = math.floor(job[TICKET] / 1000)
end

while taken < max do
  local lane, head, contended = choose()
  if not lane then
    break
  end
  local id = head.page[head.at]
  local job = job_at(head)
  if job and job[MEMORY] <= memory_free then
    take(lane, id, job)
    gather(removals, head.key, id)
    if contended then
      turn = turn + 1
      turned = true
    end
  else
    if not job then
      gather(removals, head.key, id)
    end
    lane.passed = lane.passed + 1
    if lane.passed >= look_ahead then
      lane.free = 0
    end
  end
  if taken < max then
    pass(head)
  end
end

if next(removals) then
  write_all('ZREM', removals)
else
  write_though_full()
end
if taken > 0 then
  call('HSET', P .. 'leases', unpack(leases))
  write_all('ZADD', deadlines)
  for _, start in ipairs(started) do
    add_result('STARTED', start[1], start[2], start[3], worker, '', '')
  end
  for _, lane in ipairs(lanes) do
    if lane.used then
      call('HSET', P .. 'rates', lane.name, string.format('%.0f', lane.next))
    end
  end
  if turned then
    call('SET', P .. 'turn', turn)
  end
  wake_readers()
elseif ARGV[11] == '1' then
  call('SADD', P .. 'idle', unpack(ARGV, KINDS + 1, KINDS + kinds_count))
end
return reply
