-- Returns the alerts that wait behind another, with their place before each row: `place id state …`.
local from = after == "" and "-" or "(" .. after
local places, ids = redis.call("ZRANGE", alertsWaiting, from, "+", "BYLEX", "LIMIT", 0, limit), {}
for index, place in ipairs(places) do ids[index] = string.sub(place, 59) end
return { places, alertRows(ids, {}) }
