-- Gives slots back: each is free again one period after its call must have arrived at the service.
--
-- KEYS[1]  prefix of the bucket set
-- ARGV     ticket, answer (0 none came, 1 it came, 2 it came over a connection in use), margin_us, then name, period_us
--          of each limit
--
-- The service counts arrivals, and an arrival lies somewhere between sending and answer. Of two calls in one slot the
-- first may have arrived with its answer, the second at its sending; what both share, the shortest round trip lately
-- seen, can't bring them closer together, only the rest can. So the slot waits from the answer on, less that.
local EPOCH_US = 30000000 -- "lately" is this epoch and the one before
local LOST_US = 5000000   -- as for taking
local ENOUGH = 5          -- fewer round trips say little about the shortest

local prefix, ticket, answer, margin = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]

local function text(number) return string.format('%.0f', number) end

-- Remembers a round trip, and answers with the part of it that may be taken off the wait. One that opened its
-- connection first is no measure: the next call of the slot may do without.
local function credit(spent)
  local memory = prefix .. ':trip'
  local known = redis.call('HMGET', memory, 'epoch', 'current', 'previous', 'seen')
  local epoch, current, previous, seen = tonumber(known[1]), tonumber(known[2]), tonumber(known[3]), tonumber(known[4])
  local this = math.floor(now / EPOCH_US)
  if epoch ~= this then
    previous = epoch == this - 1 and current or nil
    seen = previous and seen or 0
    current = nil
  end
  if answer == 2 then current, seen = math.min(current or spent, spent), (seen or 0) + 1 end
  local shortest = math.min(current or spent, previous or spent, spent)
  redis.call('DEL', memory)
  redis.call('HSET', memory, 'epoch', text(this), 'seen', text(math.min(seen or 0, ENOUGH)))
  if current then redis.call('HSET', memory, 'current', text(current)) end
  if previous then redis.call('HSET', memory, 'previous', text(previous)) end
  redis.call('PEXPIRE', memory, '120000')
  return (seen or 0) < ENOUGH and 0 or math.floor(shortest * 0.95)
end

local off = nil
for i = 4, #ARGV, 2 do
  local slot, period = prefix .. ':' .. ARGV[i], tonumber(ARGV[i + 1])
  local taken = tonumber(redis.call('ZSCORE', slot .. ':busy', ticket) or '')
  if taken then redis.call('ZREM', slot .. ':busy', ticket) end
  -- A slot that was given up for lost has gone to somebody else, or will any moment.
  if taken and now < taken + period + LOST_US then
    off = off or (answer > 0 and credit(now - taken) or 0)
    local free = math.max(taken + period, now + period - off) + margin
    redis.call('ZADD', slot .. ':cooling', text(free), ticket)
    local left = redis.call('PTTL', slot .. ':cooling')
    local wanted = math.ceil((free - now) / 1000) + 1000
    if left < wanted then redis.call('PEXPIRE', slot .. ':cooling', text(wanted)) end
  end
end
return 1
