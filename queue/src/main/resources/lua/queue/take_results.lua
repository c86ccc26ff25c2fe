-- Gives a batch of results to a consumer of a group. The consumer has read them before, from the group's cursor on; if
-- another was faster, it reads again.
-- KEYS[1] string: the shard.
-- ARGV[2] string: group. ARGV[3] string: consumer. ARGV[4] integer: ms after which an unacknowledged batch goes to
--         another. ARGV[5] integer: batches a group may owe at most.
-- ARGV[6] stream id: the cursor as the consumer knows it ("0-0" for a new group).
-- ARGV[7] stream id: first of the batch. ARGV[8] stream id: last of it, the batch's name and the new cursor.
-- Result: {"OK"} or {"MOVED", the cursor} or {"OWED"} (too much is unacknowledged).
local cursor = call('GET', P .. 'cursor:' .. ARGV[2]) or '0-0'
if cursor ~= ARGV[6] then
  return {'MOVED', cursor}
end
local pending = P .. 'pending:' .. ARGV[2]
if call('HLEN', pending) >= tonumber(ARGV[5]) then
  return {'OWED'}
end
write_though_full()
call('SADD', P .. 'groups', ARGV[2])
call('SET', P .. 'cursor:' .. ARGV[2], ARGV[8])
call('HSET', pending, ARGV[8], cmsgpack.pack({ARGV[3], now + ARGV[4], ARGV[7]}))
return {'OK'}
