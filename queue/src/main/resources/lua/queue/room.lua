-- How much room a lane has for new jobs.
-- KEYS[1] string: the shard.
-- ARGV[2] string: lane.
-- Result: {"OK", waiting and delayed, waiting max} or a refusal as that of enqueue.lua.
local refusal = refusal_of(ARGV[2], 0, false)
if refusal and refusal[1] ~= 'FULL' then
  return refusal
end
return {'OK', waiting_in(ARGV[2]), tonumber(call('HGET', P .. 'lane:' .. ARGV[2], 'waiting_max'))}
