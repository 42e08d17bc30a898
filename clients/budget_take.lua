-- Asks for one slot of every named limit at once and answers {granted, wait_us, asked_us}.
--
-- KEYS[1]  prefix of the bucket set
-- ARGV     ticket, lane, asked_us (0 when new), patience_us, then name, slots, period_us of each limit
--
-- Per limit there are these keys:
--   busy      slots in use, by the moment they were taken
--   cooling   slots whose call was answered, by the moment they are free again
--   live, sync, backfill   tickets waiting in each lane, by the moment they first asked
--   alive     all tickets, by the moment they lapse unless their owner asks again
--   since     slots that sync has had since backfill's last one
--   pause     the moment before which nobody gets a slot
--   granted   how many slots were given, for whoever watches
local SHARE = 4           -- backfill has its turn after so many slots of sync
local TICKET_US = 1000000 -- a ticket outlives the announced nap by so much
local NAP_US = 400000     -- nobody naps longer, so that tickets stay fresh
local LOST_US = 5000000   -- a slot that is never given back is free again so long after its period
local COUNTED_MS = 2592000000 -- a count of calls is kept for 30 days after the last one
local POLL_US = 20000     -- when the answer that everybody waits for is overdue

local prefix, ticket, lane = KEYS[1], ARGV[1], ARGV[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local asked, patience = tonumber(ARGV[3]), tonumber(ARGV[4])
if asked == 0 then asked = now end

local function text(number) return string.format('%.0f', number) end
local function key(limit, part) return prefix .. ':' .. limit.name .. ':' .. part end
local function size(limit, part) return redis.call('ZCARD', key(limit, part)) end

local function leave(limit, whose)
  for _, part in ipairs({'live', 'sync', 'backfill', 'alive'}) do redis.call('ZREM', key(limit, part), whose) end
end

local function tidy(limit)
  redis.call('ZREMRANGEBYSCORE', key(limit, 'cooling'), '-inf', text(now))
  redis.call('ZREMRANGEBYSCORE', key(limit, 'busy'), '-inf', text(now - limit.period - LOST_US))
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', key(limit, 'alive'), '-inf', text(now))) do leave(limit, gone) end
end

local function earlier(limit) return redis.call('ZCOUNT', key(limit, lane), '-inf', '(' .. text(asked)) end

-- How many waiting tickets get a slot before this one: live first, then four of sync to one of backfill.
local function ahead(limit)
  local mine = earlier(limit)
  if lane == 'live' then return mine end
  local since = tonumber(redis.call('GET', key(limit, 'since')) or 0)
  local urgent = size(limit, 'live')
  if lane == 'sync' then
    return urgent + mine + math.min(size(limit, 'backfill'), math.floor((since + mine) / SHARE))
  end
  return urgent + mine + math.min(size(limit, 'sync'), math.max(0, SHARE * (mine + 1) - since))
end

-- When the slots in use come free, soonest first. Of a call under way the earliest possible moment is known.
local function releases(limit, count)
  local times = {}
  local cooling = redis.call('ZRANGE', key(limit, 'cooling'), 0, count - 1, 'WITHSCORES')
  for i = 2, #cooling, 2 do times[#times + 1] = tonumber(cooling[i]) end
  local busy = redis.call('ZRANGE', key(limit, 'busy'), 0, count - 1, 'WITHSCORES')
  for i = 2, #busy, 2 do times[#times + 1] = math.max(tonumber(busy[i]) + limit.period, now + POLL_US) end
  table.sort(times)
  return times
end

local function wait(limit)
  local missing = ahead(limit) + 1 - (limit.slots - size(limit, 'cooling') - size(limit, 'busy'))
  if missing <= 0 then return 0 end
  local times = releases(limit, missing)
  if #times == 0 then return POLL_US end
  local rounds = math.floor((missing - 1) / #times)
  return math.max(1000, times[(missing - 1) % #times + 1] + rounds * limit.period - now)
end

local function grant(limit)
  leave(limit, ticket)
  redis.call('INCR', key(limit, 'granted'))
  redis.call('PEXPIRE', key(limit, 'granted'), COUNTED_MS)
  redis.call('ZADD', key(limit, 'busy'), text(now), ticket)
  redis.call('PEXPIRE', key(limit, 'busy'), text((limit.period + LOST_US) / 1000 + 1000))
  if lane == 'sync' then
    local since = tonumber(redis.call('GET', key(limit, 'since')) or 0)
    redis.call('SET', key(limit, 'since'), text(math.min(SHARE, since + 1)), 'PX', 60000)
  elseif lane == 'backfill' then
    redis.call('SET', key(limit, 'since'), '0', 'PX', 60000)
  end
end

local function queue(limit, nap)
  redis.call('ZADD', key(limit, lane), text(asked), ticket)
  redis.call('ZADD', key(limit, 'alive'), text(now + nap + TICKET_US), ticket)
  redis.call('PEXPIRE', key(limit, lane), '5000')
  redis.call('PEXPIRE', key(limit, 'alive'), '5000')
end

local limits, waits, worst = {}, {}, 0
for i = 5, #ARGV, 3 do
  local limit = {name = ARGV[i], slots = tonumber(ARGV[i + 1]), period = tonumber(ARGV[i + 2])}
  tidy(limit)
  limits[#limits + 1] = limit
  waits[#limits] = math.max(wait(limit), tonumber(redis.call('GET', key(limit, 'pause')) or 0) - now)
  worst = math.max(worst, waits[#limits])
end

if worst <= 0 then
  for _, limit in ipairs(limits) do grant(limit) end
  return {1, 0, text(asked)}
end
for i, limit in ipairs(limits) do
  -- Only the limit that holds this ticket up has it in its line: elsewhere it would hold up others for nothing.
  if worst <= patience and waits[i] >= worst - POLL_US then
    queue(limit, math.min(worst, NAP_US))
  else
    leave(limit, ticket)
  end
end
return {0, math.ceil(worst), text(asked)}
