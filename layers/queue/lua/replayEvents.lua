-- Makes dead events new entries of the event stream. Returns the ids of those that were there.
local before = movedBefore()
if before then return before end

local replayed = {}
local waiting, bytes = waitingEvents()
for _ = 1, ids do
  local id = nextId()
  local entry = redis.call("XRANGE", dead, id, id)[1]
  if entry and redis.call("XDEL", dead, id) == 1 then
    redis.call("XADD", stream, "*", "e", entry[2][2])
    bytes = bytes + #entry[2][2]
    replayed[#replayed + 1] = id
  end
end
if #replayed > 0 then redis.call("HSET", books, "waiting", waiting + #replayed, "waitingBytes", bytes) end
return remember(replayed)
