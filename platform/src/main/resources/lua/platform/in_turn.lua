-- Ends a script made of several (see RedisScript.inTurn): runs "steps", each with its own ARGV.
-- KEYS[1..] are those of the steps, the same for all.
-- ARGV[1] goes to each. ARGV[2..] per step: integer: its other arguments; then those.
-- Result: a list of the steps' results.
local replies, at = {}, 2
for i, step in ipairs(steps) do
  local count = tonumber(ARGV[at])
  replies[i] = step({ARGV[1], unpack(ARGV, at + 1, at + count)})
  at = at + count + 1
end
return replies
