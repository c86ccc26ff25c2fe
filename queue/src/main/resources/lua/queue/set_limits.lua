-- Gives a lane new numbers.
-- KEYS[1] string: the shard.
-- ARGV[2] string: lane. ARGV[3] integer: active max. ARGV[4] integer: claims per second max; 0: no limit.
-- ARGV[5] integer: attempt timeout ms. ARGV[6] integer: attempts max. ARGV[7] integer: waiting max.
-- Result: {"OK"} or {"NOLANE", lane}.
local key = P .. 'lane:' .. ARGV[2]
if call('EXISTS', key) == 0 then
  return {'NOLANE', ARGV[2]}
end
call('HSET', key, 'active_max', ARGV[3], 'per_second', ARGV[4], 'timeout', ARGV[5], 'attempts_max', ARGV[6],
  'waiting_max', ARGV[7])
wake_all_claimers()
return {'OK'}
