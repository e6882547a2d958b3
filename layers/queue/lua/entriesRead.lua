-- Writes entries as `entry size bytes text acknowledged` each; `acknowledged` is empty, or a digit for each event.
local found, foundEvents = {}, 0
local function addFound(entries)
  for _, entry in ipairs(entries) do
    local fields = entry[2]
    local size = fields[4] or "1"
    found[#found + 1] = entry[1]
    found[#found + 1] = size
    found[#found + 1] = #fields[2]
    found[#found + 1] = fields[2]
    found[#found + 1] = size ~= "1" and redis.call("HGET", parts, entry[1]) or ""
    foundEvents = foundEvents + tonumber(size)
  end
end
