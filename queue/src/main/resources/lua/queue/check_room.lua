-- Whether a lane would take more new jobs now.
-- KEYS[1] string: the shard.
-- ARGV[2] string: lane. ARGV[3] integer: jobs.
-- Result: {"OK"} or a refusal as that of enqueue.lua.
return refusal_of(ARGV[2], tonumber(ARGV[3]), false) or {'OK'}
