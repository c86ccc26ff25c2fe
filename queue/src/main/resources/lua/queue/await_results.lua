-- Makes a group known, so that nothing it has not taken is deleted, and remembers that it waits for results.
-- KEYS[1] string: the shard.
-- ARGV[2] string: group.
-- Result: {"OK"}.
write_though_full()
call('SADD', P .. 'groups', ARGV[2])
call('SET', P .. 'reading', 1)
return {'OK'}
