-- The numbers of the queue as a whole: those ordered, else those of the configuration.
-- KEYS[1] string: the shard.
-- ARGV[2..7] integer: as configured, the head starts in us of normal, high, urgent and of retries; every how many claims a
--         lower lane is served; jobs of a lane looked at and passed over at most.
-- Result: {"OK", the same six numbers as they are now}.
local reply = {'OK'}
for i, name in ipairs(RULES) do
  reply[#reply + 1] = rule(name, ARGV[i + 1])
end
return reply
