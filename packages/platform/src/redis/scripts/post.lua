-- Applies one transaction of the ledger to the posted balance. ARGV: organization, sequence of the transaction, change
-- of the posted balance, change of the unposted usage (both signed). After a gap holds are unknown until the missing
-- transactions have been applied in order.
-- Returns { 'applied' | 'stale' | 'gap' | 'absent', sequence that is posted }.

local organization, sequence = ARGV[1], tonumber(ARGV[2])
local key = account_key(organization)
local state = redis.call('HMGET', key, 'posted_seq', 'behind')
if not state[1] then
  return { 'absent', 0 }
end
local posted_seq = tonumber(state[1])
if sequence <= posted_seq then
  return { 'stale', posted_seq }
end
if sequence > posted_seq + 1 then
  redis.call('HSET', key, 'behind', int(math.max(sequence, tonumber(state[2]) or 0)))
  return { 'gap', posted_seq }
end
redis.call('HINCRBY', key, 'posted', ARGV[3])
redis.call('HINCRBY', key, 'unposted', ARGV[4])
redis.call('HSET', key, 'posted_seq', int(sequence))
if state[2] and tonumber(state[2]) <= sequence then
  redis.call('HDEL', key, 'behind')
end
return { 'applied', sequence }
