-- Takes an account's figures from Postgres when Redis has none, or has those of an older epoch. Holds of an older
-- epoch are forgotten: their gateways post them again. ARGV: organization, epoch, posted, its sequence, unposted, and
-- with spaces between them the requests whose usage these figures hold already, so that a capture on its way does not
-- count twice. Account and tombstones are written in one step: tombstones of figures that then lose against a load with
-- older ones would swallow captures that those do not hold.
-- Returns { 'loaded' | 'present' | 'newer', epoch }.

local organization, epoch = ARGV[1], ARGV[2]
local key = account_key(organization)
local stored = redis.call('HGET', key, 'epoch')
if stored == epoch then
  return { 'present', stored }
end
if stored and tonumber(stored) > tonumber(epoch) then
  return { 'newer', stored }
end
redis.call('DEL', key, holds_key(organization))
redis.call('HSET', key, 'epoch', epoch, 'posted', ARGV[3], 'posted_seq', ARGV[4], 'unposted', ARGV[5], 'held', '0')
local tombstones = {}
for request in string.gmatch(ARGV[6], '%S+') do
  local tombstone_key = tombstones_key(request)
  redis.call('HSET', tombstone_key, request, 'c')
  tombstones[tombstone_key] = true
end
for tombstone_key in pairs(tombstones) do
  expire_tombstones(tombstone_key)
end
return { 'loaded', epoch }
