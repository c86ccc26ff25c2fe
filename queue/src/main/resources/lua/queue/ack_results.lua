-- Acknowledges results: the group never sees them again.
-- KEYS[1] string: the shard.
-- ARGV[2] string: group. ARGV[3..] string: stream ids.
-- Result: {"OK", how many were not acknowledged before}.
return {'OK', call('XACK', P .. 'results', ARGV[2], unpack(ARGV, 3))}
