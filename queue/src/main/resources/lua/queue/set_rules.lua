-- Gives the queue as a whole new numbers. Head starts are those of jobs put in or moved from then on.
-- KEYS[1] string: the shard.
-- ARGV[2..7] integer: the head starts in us of normal, high, urgent and of retries; every how many claims a lower lane is
--         served, 0 never; jobs of a lane looked at and passed over at most.
-- Result: {"OK"}.
for i, name in ipairs(RULES) do
  call('HSET', P .. 'rules', name, ARGV[i + 1])
end
wake_all_claimers()
return {'OK'}
