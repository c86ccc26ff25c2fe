-- Takes the lead among processes of one kind, or keeps it.
-- KEYS[1] string: who leads
-- ARGV[1] string: who asks
-- ARGV[2] integer: for how many milliseconds
-- Result: integers: 1 if who asks leads, else 0

local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then
  return { 0 }
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { 1 }
