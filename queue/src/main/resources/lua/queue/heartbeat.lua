-- Renews leases, keeps and publishes progress, and tells of cancellations.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: lease ms. ARGV[3..] per lease: id, attempt, lease id, sequence, progress (empty: none).
-- Result: {"OK", per lease: 0 kept, 1 cancellation asked for, 2 lost}.
local FIELDS = 5
local lease_ms = tonumber(ARGV[2])
local progress_key = P .. 'progress'
local reply, deadlines, kept, news = {'OK'}, {}, {}, {}

for at = 3, #ARGV, FIELDS do
  local id, attempt, sequence, progress = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 3]), ARGV[at + 4]
  local lease = held(id, attempt, ARGV[at + 2])
  if not lease or lease[RENEW_UNTIL] < now then
    reply[#reply + 1] = 2
  else
    reply[#reply + 1] = lease[CANCELLED]
    gather(deadlines, leased_key(lease[LANE]), id, math.min(now + lease_ms, lease[RENEW_UNTIL]))
    if progress ~= '' then
      local before = call('HGET', progress_key, id)
      if not before or cmsgpack.unpack(before)[1] < sequence then
        kept[#kept + 1] = id
        kept[#kept + 1] = cmsgpack.pack({sequence, now, progress})
        news[#news + 1] = id .. ' ' .. attempt .. ' ' .. ARGV[at + 3] .. ' ' .. ARGV[at + 2] .. '\n' .. progress
      end
    end
  end
end

write_though_full()
for key, list in pairs(deadlines) do
  call('ZADD', key, 'XX', unpack(list))
end
if #kept > 0 then
  call('HSET', progress_key, unpack(kept))
  for _, message in ipairs(news) do
    call('PUBLISH', P .. 'progress', message)
  end
end
return reply
