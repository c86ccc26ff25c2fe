-- Acknowledges a batch of results, or all of it but some.
-- KEYS[1] string: the shard.
-- ARGV[2] string: group. ARGV[3] stream id: the batch's last. ARGV[4..] stream ids: those not acknowledged yet.
-- Result: {"OK"}.
local pending = P .. 'pending:' .. ARGV[2]
local packed = call('HGET', pending, ARGV[3])
if packed and #ARGV > 3 then
  local batch = cmsgpack.unpack(packed)
  call('HSET', pending, ARGV[3], cmsgpack.pack({batch[1], batch[2], batch[3], unpack(ARGV, 4)}))
elseif packed then
  call('HDEL', pending, ARGV[3])
end
return {'OK'}
