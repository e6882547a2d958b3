-- Puts dead alerts behind the others of their signature, their attempts kept as history. Returns the ids of those that
-- were there. One whose alert is on its way again by other means stays where it is.
local before = movedBefore()
if before then return before end

local replayed, batch, seen = {}, {}, {}
for _ = 1, ids do
  local id = nextId()
  local entry = redis.call("XRANGE", alertsDead, id, id)[1]
  if entry then
    local fields = {}
    for index = 1, #entry[2], 2 do fields[entry[2][index]] = entry[2][index + 1] end
    if not seen[fields.i] and not stateOf(fields.i) and redis.call("XDEL", alertsDead, id) == 1 then
      seen[fields.i] = true
      batch[#batch + 1] = { fields.i, fields.s, fields.e, fields.a }
      replayed[#replayed + 1] = id
    end
  end
end
if #batch > 0 then enqueueAlerts(batch) end
return remember(replayed)
