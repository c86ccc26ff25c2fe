-- How the server that holds the shard keeps its data.
-- KEYS[1] string: the shard.
-- Result: {"OK", text of INFO memory, text of INFO persistence}; empty texts where INFO is forbidden.
local function info(section)
  local answer = redis.pcall('INFO', section)
  return type(answer) == 'string' and answer or ''
end
return {'OK', info('memory'), info('persistence')}
