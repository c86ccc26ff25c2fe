-- Writes the lanes of the configuration. Numbers an operator may have changed are written only where there are none.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: shards of the queue. ARGV[3] integer: kinds, then so many kinds, then per lane in order: name, this
--         shard's share of active max and of claims per second max, attempt timeout ms, attempts max, share of waiting max.
-- Result: {"OK"}.
local FIELDS = 6
local kinds_end = 3 + ARGV[3]
if tonumber(ARGV[2]) > 1 then
  call('SET', P .. 'shards', ARGV[2])
end
call('SADD', P .. 'kinds', unpack(ARGV, 4, kinds_end))
local rank = 0
for at = kinds_end + 1, #ARGV, FIELDS do
  local key = P .. 'lane:' .. ARGV[at]
  rank = rank + 1
  call('ZADD', P .. 'lanes', rank, ARGV[at])
  for i, field in ipairs({'active_max', 'per_second', 'timeout', 'attempts_max', 'waiting_max'}) do
    call('HSETNX', key, field, ARGV[at + i])
  end
  call('HSETNX', key, 'by', '')
  call('HSETNX', key, 'reason', '')
  call('HSETNX', key, 'since', now)
  call('HSETNX', key, 'mode', 'running')
end
return {'OK'}
