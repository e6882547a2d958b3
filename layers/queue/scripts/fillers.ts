/**
 * Functions that share out the upper half of the queue. Need the keys `queueShares`, and the locals `capacity`, `capacityBytes`, `depth`,
 * `bytes` and `sharing`.
 */
export const fillers = `
-- The halves that anyone may fill. Above them it is counted who fills the queue, anew each time that it gets there.
local half, halfBytes = math.floor(capacity / 2), math.floor(capacityBytes / 2)
sharing = sharing and (depth >= half or bytes >= halfBytes)
local fillers, filled = {}, false
local function filledBy(sender)
  local own = fillers[sender]
  if not own then
    local events, weight = string.match(sharing and call("HGET", queueShares, sender) or "0 0", "^(%d+) (%d+)$")
    own = { tonumber(events), tonumber(weight) }
    fillers[sender] = own
  end
  return own
end

-- Of a batch that comes above half: what there is no room in, if there is none.
local function fullBy(sender, events, weight)
  local free, freeBytes = capacity - depth - events, capacityBytes - bytes - weight
  if depth > 0 and free < 0 then return "events" end
  if depth > 0 and freeBytes < 0 then return "bytes" end
  local above = math.max(0, math.min(events, depth + events - half))
  local aboveBytes = math.max(0, math.min(weight, bytes + weight - halfBytes))
  local own = filledBy(sender)
  if depth > 0 and (own[1] + above > free or own[2] + aboveBytes > freeBytes) then return "share" end
  return nil, above, aboveBytes
end

local function writeFillers()
  if not filled then return end
  if not sharing then call("DEL", queueShares) end
  for sender, own in pairs(fillers) do
    if own.changed then call("HSET", queueShares, sender, string.format("%.0f %.0f", own[1], own[2])) end
  end
end
`
