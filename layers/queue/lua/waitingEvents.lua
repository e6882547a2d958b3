-- How many events the stream holds, their bytes, and whether its upper half is shared out. An empty stream holds none,
-- whatever was counted.
local function waitingEvents()
  local entries = redis.call("XLEN", stream)
  if entries == 0 then return 0, 0, false end
  local kept = redis.call("HMGET", books, "waiting", "waitingBytes", "sharing")
  return tonumber(kept[1] or entries), tonumber(kept[2] or 0), kept[3] == "1"
end
