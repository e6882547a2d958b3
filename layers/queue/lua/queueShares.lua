-- Functions that share out the upper half of the queue. Anyone may fill the lower one; above it each sender's share is
-- counted, anew each time that the queue gets there.
local depth, bytes, sharing = waitingEvents()
local half, halfBytes = math.floor(capacity / 2), math.floor(capacityBytes / 2)
sharing = sharing and (depth >= half or bytes >= halfBytes)
local queueShareOf, sharesChanged = {}, false

local function shareOf(sender)
  local own = queueShareOf[sender]
  if not own then
    local events, weight = string.match(sharing and redis.call("HGET", queueShares, sender) or "0 0", "^(%d+) (%d+)$")
    own = { tonumber(events), tonumber(weight) }
    queueShareOf[sender] = own
  end
  return own
end

-- What there is no room in for a batch that comes above half. Nothing, and how much of it comes above, when there is
-- room.
local function fullBy(sender, events, weight)
  local free, freeBytes = capacity - depth - events, capacityBytes - bytes - weight
  if depth > 0 and free < 0 then return "events" end
  if depth > 0 and freeBytes < 0 then return "bytes" end
  local above = math.max(0, math.min(events, depth + events - half))
  local aboveBytes = math.max(0, math.min(weight, bytes + weight - halfBytes))
  local own = shareOf(sender)
  if depth > 0 and (own[1] + above > free or own[2] + aboveBytes > freeBytes) then return "share" end
  return nil, above, aboveBytes
end

local function addToShare(sender, events, weight)
  local own = shareOf(sender)
  own[1], own[2], own.changed = own[1] + events, own[2] + weight, true
  sharesChanged = true
end

-- Returns whether the upper half is shared out.
local function writeQueueShares()
  if not sharesChanged then return sharing end
  if not sharing then redis.call("DEL", queueShares) end
  for sender, own in pairs(queueShareOf) do
    if own.changed then redis.call("HSET", queueShares, sender, string.format("%.0f %.0f", own[1], own[2])) end
  end
  return true
end
