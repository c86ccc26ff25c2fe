-- Lets a lane run, pauses or drains it.
-- KEYS[1] string: the shard.
-- ARGV[2] string: lane. ARGV[3] string: running, paused or draining. ARGV[4] string: by. ARGV[5] string: reason.
-- Result: {"OK"} or {"NOLANE", lane}.
local key = P .. 'lane:' .. ARGV[2]
if call('EXISTS', key) == 0 then
  return {'NOLANE', ARGV[2]}
end
call('HSET', key, 'mode', ARGV[3], 'by', ARGV[4], 'reason', ARGV[5], 'since', now)
wake_all_claimers()
return {'OK'}
