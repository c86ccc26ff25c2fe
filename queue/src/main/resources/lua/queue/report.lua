-- Appends a REPORT result for each lease that still holds its job.
-- KEYS[1] string: the shard.
-- ARGV[2..] per lease: id, attempt, lease id, report.
-- Result: {"OK", per lease: 1 appended, 0 lost}.
local FIELDS = 4
local reply, appended = {'OK'}, false
write_though_full()
for at = 2, #ARGV, FIELDS do
  local lease = held(ARGV[at], ARGV[at + 1], ARGV[at + 2])
  if lease then
    add_result('REPORT', ARGV[at], lease[ATTEMPT], lease[LEASE], lease[WORKER], '', ARGV[at + 3])
    appended = true
  end
  reply[#reply + 1] = lease and 1 or 0
end
if appended then
  wake_readers()
end
return reply
