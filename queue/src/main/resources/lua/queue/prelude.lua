-- What every script of the queue begins with: the clock, the records, and what more than one script does.
-- KEYS[1] string: the shard, "{q0}" or "namespace:{q0}". Every key of the shard begins with it: one slot of a cluster.
-- ARGV[1] integer: milliseconds added to the clock of Redis; 0 but in tests.
local call = redis.call
local P = KEYS[1] .. ':'
local clock = call('TIME')
local now_us = clock[1] * 1000000 + clock[2] + ARGV[1] * 1000
local now = math.floor(now_us / 1000)
local now_text = string.format('%.0f', now)
local now_micros = string.format('%.0f', now_us - now * 1000)

-- A job's record, packed in the hash "jobs" from enqueueing to its end. Ticket (when it begins to wait)
-- and score are in microseconds.
local LANE, KIND, PRIORITY, MEMORY, ATTEMPTS, TIMEOUT, TICKET, SCORE, PAYLOAD = 1, 2, 3, 4, 5, 6, 7, 8, 9
-- A lease's record, packed in the hash "leases". Lane and kind stand where a job's stand.
local LEASE, WORKER, ATTEMPT, STARTED, RENEW_UNTIL, CANCELLED = 3, 4, 5, 6, 7, 8

local function wait_key(lane, kind)
  return P .. 'wait:' .. lane .. ':' .. kind
end

local function delayed_key(lane)
  return P .. 'delayed:' .. lane
end

local function leased_key(lane)
  return P .. 'leased:' .. lane
end

-- The numbers of the queue as a whole that operators may order, kept in the hash "rules": head starts by priority and of
-- retries, and how a claim chooses.
local RULES = {'head_start:5', 'head_start:10', 'head_start:20', 'head_start:retry', 'lower_lane_every', 'look_ahead_max'}
local ordered

-- A number as it was ordered, else as it is configured.
local function rule(name, configured)
  if not ordered then
    ordered = {}
    for i, number in ipairs(call('HMGET', P .. 'rules', unpack(RULES))) do
      ordered[RULES[i]] = number
    end
  end
  return tonumber(ordered[name] or configured)
end

-- How far a job is ahead of one of low priority that came at the same time, in microseconds.
local function head_start(priority, attempts, configured)
  if attempts > 0 then
    return rule('head_start:retry', configured)
  end
  return rule(string.format('head_start:%d', priority), configured)
end

local function job_of(id)
  local packed = call('HGET', P .. 'jobs', id)
  return packed and cmsgpack.unpack(packed)
end

local function lease_of(id)
  local packed = call('HGET', P .. 'leases', id)
  return packed and cmsgpack.unpack(packed)
end

-- The lease, if exactly this one still holds the job: the fencing token is the attempt and the lease's own id.
local function if_held(lease, attempt, lease_id)
  if lease and lease[ATTEMPT] == tonumber(attempt) and lease[LEASE] == lease_id then
    return lease
  end
  return nil
end

local function held(id, attempt, lease_id)
  return if_held(lease_of(id), attempt, lease_id)
end

-- Gathers arguments by key, so that one command writes all of them. With a score the arguments are score and member.
local function gather(lists, key, member, score)
  local list = lists[key]
  if not list then
    list = {}
    lists[key] = list
  end
  if score then
    list[#list + 1] = score
  end
  list[#list + 1] = member
end

local function write_all(command, lists)
  for key, list in pairs(lists) do
    call(command, key, unpack(list))
  end
end

-- A full Redis refuses a script whose first write may grow its data. Work under way must go on and end all the same: it
-- is what makes room. After a first write that deletes, no other is refused.
local function write_though_full()
  call('DEL', P .. 'nothing')
end

-- Appends to the results stream: a line of words (type, id, attempt, lease id, worker, time in ms, the ending or how often
-- the job was lost, and the microseconds beside those ms: no two scripts have the same), then the payload. One field,
-- because each costs a reader time.
local function add_result(type, id, attempt, lease_id, worker, extra, payload)
  local line = type .. ' ' .. id .. ' ' .. attempt .. ' ' .. lease_id .. ' ' .. worker .. ' ' .. now_text .. ' ' .. extra
    .. ' ' .. now_micros
  call('XADD', P .. 'results', '*', 'r', line .. '\n' .. payload)
end

-- Tells readers of results that wait, if there are any.
local function wake_readers()
  if call('DEL', P .. 'reading') == 1 then
    call('PUBLISH', P .. 'wake:results', '')
  end
end

-- Tells claimers that found nothing, if there are any: "idle" names the kinds they asked for.
local function wake_claimers(kind)
  if call('SREM', P .. 'idle', kind) == 1 then
    call('PUBLISH', P .. 'wake:claims', kind)
  end
end

local function wake_all_claimers()
  if call('DEL', P .. 'idle') == 1 then
    call('PUBLISH', P .. 'wake:claims', '')
  end
end

-- What has finished or was taken out in this minute or the one before, by id: the attempt it had come to, and its lease.
-- A call that comes late, or twice after a broken connection, finds it here.
local minute = math.floor(now / 60000)

local function over_key(of)
  return P .. 'over:' .. string.format('%.0f', of)
end

-- Remembers ends: id, "attempt lease id", …
local function end_all(ends)
  if call('HSET', over_key(minute), unpack(ends)) == call('HLEN', over_key(minute)) then
    call('EXPIRE', over_key(minute), 180)
  end
end

-- Adds to a counter of the lane in the bucket of the present minute; buckets live two hours.
local function count(lane, what, by)
  local bucket = P .. 'stats:' .. string.format('%.0f', math.floor(now / 60000))
  if call('HINCRBY', bucket, lane .. ':' .. what, by) == by then
    call('EXPIRE', bucket, 7200)
  end
end

local function waiting_in(lane)
  local waiting = call('ZCARD', delayed_key(lane))
  for _, kind in ipairs(call('SMEMBERS', P .. 'kinds')) do
    waiting = waiting + call('ZCARD', wait_key(lane, kind))
  end
  return waiting
end

-- Why a lane takes no more jobs, nil if it takes them. Jobs accepted before are refused by no lane there is.
local function refusal_of(lane, adding, accepted_before)
  local mode, waiting_max, by, reason =
    unpack(call('HMGET', P .. 'lane:' .. lane, 'mode', 'waiting_max', 'by', 'reason'))
  if not mode then
    return {'NOLANE', lane}
  end
  if accepted_before then
    return nil
  end
  if mode == 'draining' then
    return {'DRAINING', lane, by, reason}
  end
  -- All jobs of all lanes together fit in most cases; only else is the lane counted.
  if call('HLEN', P .. 'jobs') + adding > tonumber(waiting_max) then
    local waiting = waiting_in(lane)
    if waiting + adding > tonumber(waiting_max) then
      return {'FULL', lane, waiting, tonumber(waiting_max)}
    end
  end
  return nil
end

-- Recent run times of a kind: the lane's own, else those of the first lane that has any.
local function run_times(names, lane, kind)
  local times = call('LRANGE', P .. 'times:' .. lane .. ':' .. kind, 0, 63)
  for i = 1, #names do
    if #times > 0 then
      break
    end
    times = call('LRANGE', P .. 'times:' .. names[i] .. ':' .. kind, 0, 63)
  end
  return times
end

-- Waiting for a kind in the lanes before this one, and of these not in the first that has any.
local function waiting_higher(names, lane, kind)
  local higher, first = 0, 0
  for _, name in ipairs(names) do
    if name == lane then
      break
    end
    local waiting = call('ZCARD', wait_key(name, kind))
    higher = higher + waiting
    first = first > 0 and first or waiting
  end
  return higher, higher - first
end

-- The load of a lane for a kind, as QueueLoad reads it: lane, kind, waiting, waiting for this kind in higher lanes, of these
-- not in the first that has any, every how many claims a lower lane is served (from the configuration unless ordered), mode,
-- active, active max, claims per second max, recent run times ms as a list, and a list of the other kinds that wait here or
-- in higher lanes: kind, waiting, in higher lanes, of these not in the first, run times.
local function load_of(names, lane, kind, lower_lane_every)
  local higher, below_first = waiting_higher(names, lane, kind)
  local mode, active_max, per_second = unpack(call('HMGET', P .. 'lane:' .. lane, 'mode', 'active_max', 'per_second'))
  local others = {}
  for _, other in ipairs(call('SMEMBERS', P .. 'kinds')) do
    local waiting = other ~= kind and call('ZCARD', wait_key(lane, other)) or 0
    local other_higher, other_below = 0, 0
    if other ~= kind then
      other_higher, other_below = waiting_higher(names, lane, other)
    end
    if waiting + other_higher > 0 then
      for _, value in ipairs({other, waiting, other_higher, other_below, run_times(names, lane, other)}) do
        others[#others + 1] = value
      end
    end
  end
  return {lane, kind, call('ZCARD', wait_key(lane, kind)), higher, below_first,
    rule('lower_lane_every', lower_lane_every), mode, call('ZCARD', leased_key(lane)), tonumber(active_max),
    tonumber(per_second), run_times(names, lane, kind), others}
end

-- Jobs of other kinds that go before a score in a lane: kind and how many, for each kind that waits there as load_of tells.
local function others_before(load, score)
  local before, others = {}, load[#load]
  for at = 1, #others, 5 do
    if others[at + 1] > 0 then
      before[#before + 1] = others[at]
      before[#before + 1] = call('ZCOUNT', wait_key(load[1], others[at]), '-inf', '(' .. score)
    end
  end
  return before
end
