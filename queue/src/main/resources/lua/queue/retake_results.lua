-- Gives a consumer a batch again that was not acknowledged: its own from before it started, or anyone's whose time is up.
-- KEYS[1] string: the shard.
-- ARGV[2] string: group. ARGV[3] string: consumer. ARGV[4] integer: ms until it may go to another again.
-- ARGV[5] "own" or "left". ARGV[6..] stream ids: batches of its own that it has already.
-- Result: {"OK", first stream id, last stream id, then those not acknowledged, if not all of them} or {"NONE"}.
local pending = P .. 'pending:' .. ARGV[2]
local has = {}
for at = 6, #ARGV do
  has[ARGV[at]] = true
end
local all = call('HGETALL', pending)
for at = 1, #all, 2 do
  local last, batch = all[at], cmsgpack.unpack(all[at + 1])
  local consumer, due, first = batch[1], batch[2], batch[3]
  if ARGV[5] == 'own' and consumer == ARGV[3] and not has[last] or ARGV[5] == 'left' and due <= now then
    write_though_full()
    batch[1], batch[2] = ARGV[3], now + ARGV[4]
    call('HSET', pending, last, cmsgpack.pack(batch))
    return {'OK', first, last, unpack(batch, 4)}
  end
end
return {'NONE'}
