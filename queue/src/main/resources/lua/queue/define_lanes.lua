-- Writes the lanes of the configuration. Numbers an operator may have changed are written only where there are none.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: kinds, then so many kinds, then per lane in order: name, active max, claims per second max,
--         attempt timeout ms, attempts max, waiting max.
-- Result: {"OK"}.
local FIELDS = 6
local kinds_end = 2 + ARGV[2]
call('SADD', P .. 'kinds', unpack(ARGV, 3, kinds_end))
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
