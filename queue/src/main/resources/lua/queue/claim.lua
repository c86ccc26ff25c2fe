-- Leases waiting jobs to a worker, writes a STARTED result for each. The work does not grow with the jobs waiting.
-- KEYS[1] string: the shard.
-- ARGV[2] string: worker. ARGV[3] integer: jobs at most. ARGV[4] integer: bytes of memory the worker has free.
-- ARGV[5] integer: lease ms. ARGV[6] integer: ms a lease may be renewed beyond the attempt's timeout.
-- ARGV[7] integer: every how many claims a lower lane is served; 0 never. ARGV[8] integer: jobs of a lane looked at
--         and passed over at most. ARGV[9] integer: head start of retries us. ARGV[10] integer: results at most in the stream.
-- ARGV[11] 0 or 1: remember that this worker waits. ARGV[12] integer: kinds, then so many kinds the worker can do,
--         then as many lease ids as ARGV[3].
-- Result: {"OK", ms after which a rate allows more (-1: not known), then per job: id, kind, lane, attempt, lease id,
--         payload, timeout ms, enqueued ms} or {"NOLANES"} or {"BACKLOG"} (results are not being read).
local worker, max, memory_free = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local lease_ms, grace_ms, turn_every, look_ahead = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local urgent_score = now_us - tonumber(ARGV[9])
local KINDS = 12
local kinds_count = tonumber(ARGV[KINDS])

local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
if call('XLEN', P .. 'results') >= tonumber(ARGV[10]) then
  return {'BACKLOG'}
end

-- How many jobs the lane's rate allows now. "next" is when the bucket, one second's worth, would be full again.
local function tokens_of(lane, per_second)
  local step = 1000000 / per_second
  lane.step = step
  lane.next = math.max(tonumber(call('HGET', P .. 'rates', lane.name) or 0), now_us - 1000000)
  return math.floor((now_us - lane.next) / step + 0.000001)
end

local lanes, hint = {}, -1
for _, name in ipairs(names) do
  local mode, active_max, per_second = unpack(call('HMGET', P .. 'lane:' .. name, 'mode', 'active_max', 'per_second'))
  if mode ~= 'paused' then
    local lane = {name = name, free = tonumber(active_max) - call('ZCARD', leased_key(name)), heads = {}, passed = 0}
    if lane.free > 0 and tonumber(per_second) > 0 then
      lane.free = math.min(lane.free, tokens_of(lane, tonumber(per_second)))
      if lane.free <= 0 then
        local ready = math.max(1, math.ceil((lane.next + lane.step - now_us) / 1000))
        hint = hint < 0 and ready or math.min(hint, ready)
      end
    end
    if lane.free > 0 then
      for k = KINDS + 1, KINDS + kinds_count do
        lane.heads[#lane.heads + 1] = {key = wait_key(name, ARGV[k]), offset = 0, at = 1, fetch = 1, page = {}}
      end
      lanes[#lanes + 1] = lane
    end
  end
end

-- The score at the head of one sorted set, nil where nothing (more) waits; fetches in pages.
local function score_of(head)
  if head.at > #head.page then
    if head.ended then
      return nil
    end
    head.page = call('ZRANGE', head.key, head.offset, head.offset + head.fetch - 1, 'WITHSCORES')
    head.offset = head.offset + head.fetch
    head.ended = #head.page < 2 * head.fetch
    head.fetch = math.max(8, max)
    head.at = 1
    head.score = nil
    if #head.page == 0 then
      return nil
    end
  end
  head.score = head.score or tonumber(head.page[head.at + 1])
  return head.score
end

local function pass(head)
  head.at = head.at + 2
  head.score = nil
end

local function first_of(lane)
  local first, lowest
  for _, head in ipairs(lane.heads) do
    local score = score_of(head)
    if score and (not lowest or score < lowest) then
      first, lowest = head, score
    end
  end
  return first, lowest
end

local turn = tonumber(call('GET', P .. 'turn') or 0)
local turned = false

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
  if lower and turn_every > 0 and (turn + 1) % turn_every == 0 then
    return lower, lower_head, true
  end
  return chosen, chosen_head, lower ~= nil
end

local reply = {'OK', hint}
local taken, leases, removals, deadlines, started = 0, {}, {}, {}, {}
while taken < max do
  local lane, head, contended = choose()
  if not lane then
    break
  end
  local id = head.page[head.at]
  local job = job_of(id)
  if not job or job[MEMORY] > memory_free then
    if not job then
      gather(removals, head.key, id)
    end
    pass(head)
    lane.passed = lane.passed + 1
    if lane.passed >= look_ahead then
      lane.free = 0
    end
  else
    taken = taken + 1
    pass(head)
    if contended then
      turn = turn + 1
      turned = true
    end
    lane.free = lane.free - 1
    if lane.step then
      lane.next = lane.next + lane.step
    end
    memory_free = memory_free - job[MEMORY]
    local attempt = job[ATTEMPTS] + 1
    local lease_id = ARGV[KINDS + kinds_count + taken]
    local renew_until = now + job[TIMEOUT] + grace_ms
    leases[#leases + 1] = id
    leases[#leases + 1] = cmsgpack.pack({job[LANE], job[KIND], lease_id, worker, attempt, now, renew_until, 0})
    gather(removals, head.key, id)
    gather(deadlines, leased_key(job[LANE]), math.min(now + lease_ms, renew_until), id)
    started[taken] = {id, attempt, lease_id}
    for _, value in ipairs({id, job[KIND], job[LANE], attempt, lease_id, job[PAYLOAD], job[TIMEOUT],
      math.floor(job[TICKET] / 1000)}) do
      reply[#reply + 1] = value
    end
  end
end

write_though_full()
if taken > 0 then
  call('HSET', P .. 'leases', unpack(leases))
  write_all('ZADD', deadlines)
  for _, start in ipairs(started) do
    add_result('STARTED', start[1], start[2], start[3], worker, '', '')
  end
  for _, lane in ipairs(lanes) do
    if lane.step then
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
write_all('ZREM', removals)
return reply
