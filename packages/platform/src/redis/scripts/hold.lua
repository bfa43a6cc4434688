-- Admits a call or says what refuses it: all limits are checked before anything is taken.
-- ARGV: organization, request, epoch, milliseconds until it expires, amount; then five for each entry:
--   kind (b balance, r requests, t tokens, c concurrency), name of the limit, limit, window in ms, cost.
--   For b the limit is the lowest balance that may be reached.
-- Returns { 'held' | 'refused', counter, index of the refusing entry, retry after ms (-1 = never),
--   posted - unposted, held (both as text), then remaining and reset ms for each entry },
--   or { 'unknown', counter, reason, stored epoch }, or { 'closed', counter, tombstone }.

local organization, request, epoch = ARGV[1], ARGV[2], ARGV[3]
local ttl_ms, amount = tonumber(ARGV[4]), tonumber(ARGV[5])
-- When a call in flight will end is not known; callers are told to ask again in a second.
local in_flight_retry_ms = 1000

local counter = redis.call('INCR', tag .. ':n')
local account = redis.call('HMGET', account_key(organization), 'epoch', 'posted', 'unposted', 'held', 'behind')
if account[1] ~= epoch then
  return { 'unknown', counter, account[1] and 'epoch' or 'missing', account[1] or '' }
end
if account[5] then
  return { 'unknown', counter, 'behind', account[1] }
end
local tombstone = read_tombstone(request)
if tombstone then
  return { 'closed', counter, tombstone }
end

local now_ms = read_now_ms()
local spendable, held = tonumber(account[2]) - tonumber(account[3]), tonumber(account[4])
-- A repeated hold takes nothing again and is answered with how the limits stand.
local is_repeated = redis.call('HEXISTS', holds_key(organization), request) == 1
local entries = {}
local refused, retry_after_ms = 0, 0

for index = 1, (#ARGV - 5) / 5 do
  local base = index * 5
  local kind, name = ARGV[base + 1], ARGV[base + 2]
  local limit, window_ms, cost = tonumber(ARGV[base + 3]), tonumber(ARGV[base + 4]), tonumber(ARGV[base + 5])
  if is_repeated then
    cost = 0
  end
  local free, wait_ms
  if kind == 'b' then
    free = spendable - held - limit
    wait_ms = spendable - limit >= cost and in_flight_retry_ms or -1
  elseif kind == 'c' then
    -- Leases that are over and still there do not count; the sweep removes them with their holds.
    free = limit - redis.call('ZCOUNT', limit_key(name), '(' .. int(now_ms), '+inf')
    wait_ms = limit > 0 and in_flight_retry_ms or -1
  else
    free = read_bucket(limit_key(name), limit, window_ms, now_ms)
    wait_ms = cost <= limit and math.ceil((cost - free) * window_ms / limit) or -1
  end
  -- What costs nothing is never refused: a free model needs no balance.
  if cost > 0 and free < cost and refused == 0 then
    refused, retry_after_ms = index, wait_ms
  end
  entries[index] = { kind = kind, name = name, limit = limit, window_ms = window_ms, cost = cost, free = free }
end

if refused == 0 and not is_repeated then
  local record = { ARGV[5] }
  for _, entry in ipairs(entries) do
    entry.free = entry.free - entry.cost
    if entry.kind == 'c' then
      redis.call('ZADD', limit_key(entry.name), int(now_ms + ttl_ms), request)
      redis.call('PEXPIRE', limit_key(entry.name), int(day_ms + ttl_ms))
      record[#record + 1] = 'c,' .. entry.name
    elseif entry.kind ~= 'b' then
      write_bucket(limit_key(entry.name), entry.free, entry.limit, entry.window_ms, now_ms)
      if entry.kind == 't' then
        local reserved = { 't', entry.name, int(entry.limit), int(entry.window_ms), int(entry.cost) }
        record[#record + 1] = table.concat(reserved, ',')
      end
    end
  end
  redis.call('HINCRBY', account_key(organization), 'held', ARGV[5])
  redis.call('HSET', holds_key(organization), request, table.concat(record, ';'))
  redis.call('ZADD', expiry_key, int(now_ms + ttl_ms), organization .. ' ' .. request)
  held = held + amount
end

local reply = { refused == 0 and 'held' or 'refused', counter, refused, retry_after_ms, int(spendable), int(held) }
for _, entry in ipairs(entries) do
  local is_bucket = entry.window_ms > 0 and entry.limit > 0
  reply[#reply + 1] = math.max(0, math.floor(entry.free))
  reply[#reply + 1] = is_bucket and math.max(0, math.ceil((entry.limit - entry.free) * entry.window_ms / entry.limit)) or 0
end
return reply
