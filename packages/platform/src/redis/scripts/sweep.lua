-- Releases holds whose time is over: their gateway died or lost Redis. A capture that comes later finds the tombstone
-- and debits. ARGV: how many at most. Returns { left over (0 or 1), organization, request, organization, … }.

local max = tonumber(ARGV[1])
local now_ms = read_now_ms()
local expired = redis.call('ZRANGEBYSCORE', expiry_key, '-inf', int(now_ms), 'LIMIT', 0, max)
local reply = { #expired == max and 1 or 0 }
for _, member in ipairs(expired) do
  local organization, request = string.match(member, '^(%S+) (%S+)$')
  local record = redis.call('HGET', holds_key(organization), request)
  if record then
    release(organization, request, record, now_ms, nil)
    write_tombstone(request, 's')
    reply[#reply + 1] = organization
    reply[#reply + 1] = request
  else
    redis.call('ZREM', expiry_key, member)
  end
end
write_endings(now_ms)
return reply
