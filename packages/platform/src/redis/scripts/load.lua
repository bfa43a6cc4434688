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
for request in string.gmatch(ARGV[6], '%S+') do
  write_tombstone(request, 'c')
end
write_endings(0)
return { 'loaded', epoch }
