-- The newest result there is, and whether results up to a mark are all acknowledged (and so deleted).
-- KEYS[1] string: the shard.
-- ARGV[2] string: a mark taken before, or "-".
-- Result: {"OK", stream id of the newest result ever, "0-0" where there is none, 1 if none up to the mark is left else 0}.
local key = P .. 'results'
if call('EXISTS', key) == 0 then
  return {'OK', '0-0', 1}
end
local newest = '0-0'
local info = call('XINFO', 'STREAM', key)
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then
    newest = info[i + 1]
  end
end
local left = ARGV[2] ~= '-' and #call('XRANGE', key, '-', ARGV[2], 'COUNT', 1) or 0
return {'OK', newest, left == 0 and 1 or 0}
