-- Takes one call out of a bucket (generic cell rate algorithm): what is kept is the time at which it will be full again.
-- KEYS[1] string: that time, in microseconds
-- ARGV[1] integer: after how many microseconds a call comes back
-- ARGV[2] integer: how many calls the full bucket holds
-- Result: integers: 1 if the call is allowed, else 0; how many more are; microseconds until the next is; microseconds until
-- the bucket is full

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval = tonumber(ARGV[1])
local burst = tonumber(ARGV[2])

local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local next_full_at = full_at + interval
local allowed_at = next_full_at - burst * interval
if allowed_at > now then
  return { 0, 0, allowed_at - now, full_at - now }
end
redis.call('SET', KEYS[1], string.format('%.0f', next_full_at), 'PX', math.ceil((next_full_at - now) / 1000) + 1)
return { 1, math.floor((now - allowed_at) / interval), 0, next_full_at - now }
