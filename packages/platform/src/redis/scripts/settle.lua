-- Ends holds, many in one call. ARGV: five for each: verb (c capture, v void), organization, request, actual
-- amount, actual tokens (empty = as reserved). Every item may come twice.
-- Returns for each: m moved from held to unposted, d debited without a hold, n nothing to do (ended before),
--   r released by a void, u unknown (the account is not loaded; nothing was done, ask again later).

local now_ms = read_now_ms()
local outcomes, unposted_changes, loaded = {}, {}, {}

local function is_loaded(organization)
  if loaded[organization] == nil then
    loaded[organization] = redis.call('HEXISTS', account_key(organization), 'epoch') == 1
  end
  return loaded[organization]
end

local function capture(organization, request, amount, tokens)
  local record = redis.call('HGET', holds_key(organization), request)
  if not record and read_tombstone(request) == 'c' then
    return 'n'
  end
  if not is_loaded(organization) then
    return 'u'
  end
  if record then
    release(organization, request, record, now_ms, tokens)
  end
  unposted_changes[organization] = (unposted_changes[organization] or 0) + amount
  write_tombstone(request, 'c')
  return record and 'm' or 'd'
end

local function void(organization, request)
  local record = redis.call('HGET', holds_key(organization), request)
  if record then
    release(organization, request, record, now_ms, 0)
    write_tombstone(request, 'v')
    return 'r'
  end
  -- The hold may still be on its way: the tombstone refuses it when it comes.
  if not read_tombstone(request) then
    write_tombstone(request, 'v')
  end
  return 'n'
end

for base = 0, #ARGV - 1, 5 do
  local organization, request = ARGV[base + 2], ARGV[base + 3]
  if ARGV[base + 1] == 'c' then
    outcomes[#outcomes + 1] = capture(organization, request, tonumber(ARGV[base + 4]), tonumber(ARGV[base + 5]))
  else
    outcomes[#outcomes + 1] = void(organization, request)
  end
end
for organization, change in pairs(unposted_changes) do
  redis.call('HINCRBY', account_key(organization), 'unposted', int(change))
end
write_endings(now_ms)
return outcomes
