-- Moves records that can be read by now from quarantine to the event stream. One without entries can't be read still,
-- for the reason given. Returns what became of each.
local half, halfBytes = math.floor(capacity / 2), math.floor(capacityBytes / 2)
local depth, bytes = waitingEvents()
local shares = openQuarantineShares()
local outcomes, accepted, replayed = {}, 0, 0
for index = 1, records do
  local id, entries, reason = nextRecord()
  local sizes, texts, events, weight = {}, {}, 0, 0
  for i = 1, entries do
    sizes[i], texts[i] = nextEntry()
    events = events + sizes[i]
    weight = weight + #texts[i]
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
    for i = 1, entries do addEntry(sizes[i], texts[i]) end
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
