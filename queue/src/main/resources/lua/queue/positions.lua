-- Where waiting jobs stand, and what is known about their lanes.
-- KEYS[1] string: the shard.
-- ARGV[2] integer: every how many claims a lower lane is served, as configured. ARGV[3..] string: ids.
-- Result: {"OK", places, queues}: places is flat: id, rank from 0, number of its queue, score, jobs of other kinds before it
--         in its lane as others_before tells them, for each id that waits; queues has a list per lane and kind among them,
--         as load_of makes it; or {"NOLANES"}.
local names = call('ZRANGE', P .. 'lanes', 0, -1)
if #names == 0 then
  return {'NOLANES'}
end
local places, queues, numbers = {}, {}, {}

for at = 3, #ARGV do
  local id = ARGV[at]
  local job = job_of(id)
  local key = job and wait_key(job[LANE], job[KIND])
  local rank = job and call('ZRANK', key, id)
  if rank then
    if not numbers[key] then
      queues[#queues + 1] = load_of(names, job[LANE], job[KIND], ARGV[2])
      numbers[key] = #queues
    end
    places[#places + 1] = id
    places[#places + 1] = rank
    places[#places + 1] = numbers[key]
    local score = string.format('%.1f', job[SCORE])
    places[#places + 1] = score
    places[#places + 1] = others_before(queues[numbers[key]], score)
  end
end
return {'OK', places, queues}
