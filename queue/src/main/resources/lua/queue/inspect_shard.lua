-- Of how many shards this one is, and what is in it.
-- KEYS[1] string: the shard.
-- Result: {"OK", number of shards, 1 where none is written, 0 for a shard without lanes; jobs; results}.
local shards = call('GET', P .. 'shards') or (call('EXISTS', P .. 'lanes') == 1 and 1 or 0)
return {'OK', tonumber(shards), call('HLEN', P .. 'jobs'), call('XLEN', P .. 'results')}
