-- Raises a hold and gives it more time, for a long stream. ARGV: organization, request, epoch, milliseconds from now
-- until it expires, further amount, lowest balance that may be reached (empty = none).
-- Returns { 'extended' | 'refused' | 'gone' | 'unknown', posted - unposted, held }, both as text. A refused hold keeps its time.

local organization, request, epoch = ARGV[1], ARGV[2], ARGV[3]
local ttl_ms, amount, floor = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local account = redis.call('HMGET', account_key(organization), 'epoch', 'posted', 'unposted', 'held')
if account[1] ~= epoch then
  return { 'unknown', '0', '0' }
end
local spendable, held = tonumber(account[2]) - tonumber(account[3]), tonumber(account[4])
local record = redis.call('HGET', holds_key(organization), request)
if not record then
  return { 'gone', int(spendable), int(held) }
end
if floor and amount > 0 and spendable - held - floor < amount then
  return { 'refused', int(spendable), int(held) }
end
local expires_ms = read_now_ms() + ttl_ms
redis.call('HINCRBY', account_key(organization), 'held', ARGV[5])
redis.call('HSET', holds_key(organization), request, int(amount_of(record) + amount) .. string.match(record, '^%d+(.*)$'))
redis.call('ZADD', expiry_key, int(expires_ms), organization .. ' ' .. request)
for name in string.gmatch(record, ';c,([^;]+)') do
  redis.call('ZADD', limit_key(name), 'XX', int(expires_ms), request)
end
return { 'extended', int(spendable), int(held + amount) }
