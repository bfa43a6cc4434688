-- Shared by every script of this folder: it is put in front of each. KEYS[1] is the tag of a bucket, such as {b12}.
-- Every other key begins with it, so that all keys of a script live in one slot of a cluster; they are built here
-- and not passed in, so that one place knows their names.
--
--   <tag>:a:<organization>   hash    account: epoch, posted, posted_seq, unposted, held, behind
--   <tag>:h:<organization>   hash    request -> record of its hold
--   <tag>:x                  zset    "organization request" by the time its hold expires
--   <tag>:t:<ten minutes>    hash    tombstones: request -> c (captured), v (voided), s (swept)
--   <tag>:l:<limit>          string  bucket of a rate limit: "level at"; or zset of leases, for concurrency
--   <tag>:n                  string  counter of holds: going backwards shows that Redis lost writes
--
-- Money is whole nano-dollars below 2^53, which doubles hold exactly. Time is Redis TIME alone: the clocks of
-- gateways differ. available = posted - unposted - held.

local tag = KEYS[1]
local day_ms = 86400000
local tombstone_window_ms = 600000

local function int(number)
  return string.format('%.0f', number)
end

local function read_now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function account_key(organization)
  return tag .. ':a:' .. organization
end

local function holds_key(organization)
  return tag .. ':h:' .. organization
end

local function limit_key(name)
  return tag .. ':l:' .. name
end

local expiry_key = tag .. ':x'

-- A request id is a UUIDv7: its first 48 bits are its time. Tombstones of ten minutes share a hash, which is smaller
-- than a key for each and disappears as a whole a day later.
local function tombstones_key(request)
  local minted_ms = tonumber(string.sub(request, 1, 8) .. string.sub(request, 10, 13), 16)
  return tag .. ':t:' .. int(math.floor(minted_ms / tombstone_window_ms))
end

local function read_tombstone(request)
  return redis.call('HGET', tombstones_key(request), request)
end

-- What ending holds changes in an account, a bucket or a set of tombstones is gathered here and written once by
-- `write_endings`, because a script ends many holds of few accounts, and each command costs more than the arithmetic.
local held_changes, changed_buckets, touched_tombstones = {}, {}, {}

local function write_tombstone(request, state)
  local key = tombstones_key(request)
  redis.call('HSET', key, request, state)
  touched_tombstones[key] = true
end

-- A bucket of `limit` units that refills evenly over its window. No key means that it is full.
local function read_bucket(key, limit, window_ms, now_ms)
  local raw = redis.call('GET', key)
  if not raw then
    return limit
  end
  local level, at_ms = string.match(raw, '^(%S+) (%S+)$')
  local refill = math.max(0, now_ms - tonumber(at_ms)) * limit / window_ms
  return math.min(limit, tonumber(level) + refill)
end

local function write_bucket(key, level, limit, window_ms, now_ms)
  if level >= limit then
    redis.call('DEL', key)
    return
  end
  local full_in_ms = math.ceil((limit - level) * window_ms / limit)
  redis.call('SET', key, string.format('%.17g', level) .. ' ' .. int(now_ms), 'PX', int(full_in_ms + 1))
end

-- A record of a hold: its amount, then what else was taken for it, each after a semicolon:
--   "1200;t,key:0196:tokens:60000,100000,60000,850;c,key:0196:concurrency:0"
local function amount_of(record)
  return tonumber(string.match(record, '^(%d+)'))
end

-- Gives a bucket units back, or takes more. A bucket that is full is full under every limit, as one without a key is.
local function change_bucket(key, limit, window_ms, now_ms, units)
  local bucket = changed_buckets[key]
  local level = bucket and math.min(limit, bucket.level) or read_bucket(key, limit, window_ms, now_ms)
  level = level + units
  changed_buckets[key] = { level = level >= limit and math.huge or level, limit = limit, window_ms = window_ms }
end

-- Gives back what a hold took: the amount, the lease, and the difference of reserved and actual tokens (nil = none
-- are given back). Calls that were made stay counted. The script calls `write_endings` at its end.
local function release(organization, request, record, now_ms, actual_tokens)
  redis.call('HDEL', holds_key(organization), request)
  redis.call('ZREM', expiry_key, organization .. ' ' .. request)
  held_changes[organization] = (held_changes[organization] or 0) - amount_of(record)
  for kind, rest in string.gmatch(record, ';(%a),([^;]+)') do
    if kind == 'c' then
      redis.call('ZREM', limit_key(rest), request)
    elseif actual_tokens then
      local name, limit, window_ms, cost = string.match(rest, '^([^,]+),([^,]+),([^,]+),([^,]+)$')
      change_bucket(limit_key(name), tonumber(limit), tonumber(window_ms), now_ms, tonumber(cost) - actual_tokens)
    end
  end
end

local function write_endings(now_ms)
  for organization, change in pairs(held_changes) do
    -- Added to zero: minus zero would print as "-0", which Redis does not take for a number.
    redis.call('HINCRBY', account_key(organization), 'held', int(0 + change))
  end
  for key, bucket in pairs(changed_buckets) do
    write_bucket(key, bucket.level, bucket.limit, bucket.window_ms, now_ms)
  end
  for key in pairs(touched_tombstones) do
    redis.call('PEXPIRE', key, day_ms + tombstone_window_ms)
  end
end
