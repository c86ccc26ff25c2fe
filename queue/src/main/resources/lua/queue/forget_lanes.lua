-- Forgets lanes and rules of a shard that was one of another number of shards, as its caps are other shares then.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: shards there shall be.
-- Result: {"OK"}.
if tonumber(call('GET', P .. 'shards') or 1) ~= tonumber(ARGV[2]) then
  for _, name in ipairs(call('ZRANGE', P .. 'lanes', 0, -1)) do
    call('DEL', P .. 'lane:' .. name)
  end
  call('DEL', P .. 'lanes', P .. 'rules', P .. 'shards')
end
return {'OK'}
