-- Returns the id and the text of each record that is there.
local found = {}
for _ = 1, ids do
  local id = nextId()
  local entry = redis.call("XRANGE", quarantine, id, id)[1]
  if entry then
    found[#found + 1] = entry[1]
    found[#found + 1] = entry[2][2]
  end
end
return found
