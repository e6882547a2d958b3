-- Deletes dead letters of one queue and counts them. Returns the ids of those that were there.
local before = movedBefore()
if before then return before end

local streams = { events = dead, alerts = alertsDead }
local counters = { events = "eventsDiscarded", alerts = "alertsDiscarded", quarantine = "quarantineDiscarded" }
local shares = queue == "quarantine" and openQuarantineShares()

local function delete(id)
  if not shares then return redis.call("XDEL", streams[queue], id) == 1 end
  local entry = redis.call("XRANGE", quarantine, id, id)[1]
  if entry then shares.release(entry) end
  return entry
end

local discarded = {}
for _ = 1, ids do
  local id = nextId()
  if delete(id) then discarded[#discarded + 1] = id end
end
if #discarded > 0 then
  if shares then shares.write() end
  redis.call("HINCRBY", books, counters[queue], #discarded)
end
return remember(discarded)
