-- Pauses everybody who needs the named limits. The longer pause wins.
--
-- KEYS[1]  prefix of the bucket set
-- ARGV     how long, in microseconds, then the name of each limit
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local span = tonumber(ARGV[1])
for i = 2, #ARGV do
  local key = KEYS[1] .. ':' .. ARGV[i] .. ':pause'
  if tonumber(redis.call('GET', key) or 0) < now + span then
    redis.call('SET', key, string.format('%.0f', now + span), 'PX', string.format('%.0f', math.ceil(span / 1000) + 1))
  end
end
return 1
