-- What is known about a lane's jobs of a kind, to estimate how long one more would wait.
-- KEYS[1] string: the shard.
-- ARGV[2] string: lane. ARGV[3] string: kind. ARGV[4] integer: every how many claims a lower lane is served, as configured.
-- Result: {"OK", queues}: one list as load_of makes it; {"NOLANE", lane} or {"NOLANES"}.
local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
if not call('ZSCORE', P .. 'lanes', ARGV[2]) then
  return {'NOLANE', ARGV[2]}
end
return {'OK', {load_of(names, ARGV[2], ARGV[3], ARGV[4])}}
