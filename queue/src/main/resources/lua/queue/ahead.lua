-- How many jobs of this shard go before jobs that wait in other shards, and what is known about its lanes.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: every how many claims a lower lane is served, as configured. ARGV[3..] per job: lane, kind, score.
-- Result: {"OK", counts, queues}: counts has for each job a number, and those of other kinds as others_before tells them;
--         queues has a list per lane and kind among them, as load_of makes it; or {"NOLANES"}.
local FIELDS = 3
local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
local counts, queues, seen = {}, {}, {}

for at = 3, #ARGV, FIELDS do
  local key = wait_key(ARGV[at], ARGV[at + 1])
  if not seen[key] then
    seen[key] = load_of(names, ARGV[at], ARGV[at + 1], ARGV[2])
    queues[#queues + 1] = seen[key]
  end
  counts[#counts + 1] = call('ZCOUNT', key, '-inf', '(' .. ARGV[at + 2])
  counts[#counts + 1] = others_before(seen[key], ARGV[at + 2])
end
return {'OK', counts, queues}
