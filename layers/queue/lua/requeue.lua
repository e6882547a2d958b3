-- Moves records that can be read by now from quarantine to the event stream. One without entries can't be read still, for the reason given.
-- Returns what became of each.
local half, halfBytes = math.floor(capacity / 2), math.floor(capacityBytes / 2)
local depth, bytes = waitingEvents()
local shares = openQuarantineShares()
local outcomes, accepted, replayed = {}, 0, 0
for index = 1, records do
  local id, entries, reason = nextRecord()
  local first, events, weight = cursor, 0, 0
  for _ = 1, entries do
    local size, text = nextEntry()
    events = events + size
    weight = weight + #text
  end
  local record = redis.call("XRANGE", quarantine, id, id)[1]
  if not record then
    outcomes[index] = "missing"
  elseif entries == 0 then
    redis.call("HSET", quarantineRereads, id, reason)
    outcomes[index] = "kept"
  elseif depth > 0 and (depth + events > half or bytes + weight > halfBytes) then
    outcomes[index] = "full"
  else
    shares.release(record)
    -- Back to the entries, which were only weighed.
    cursor = first
    for _ = 1, entries do addEntry(nextEntry()) end
    depth, bytes = depth + events, bytes + weight
    accepted, replayed = accepted + events, replayed + 1
    outcomes[index] = "replayed"
  end
end
if replayed > 0 then
  shares.write()
  redis.call("HINCRBY", books, "quarantineReplayed", replayed)
  redis.call("HINCRBY", books, "accepted", accepted)
  redis.call("HSET", books, "waiting", depth, "waitingBytes", bytes)
end
return outcomes
