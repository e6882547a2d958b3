-- Functions that count settled events by the hour in which they were received, as the record has it.

-- `<hour> <kind>` → how many.
local settledNow = {}

local function addSettled(hour, kind, count)
  if kind == "d" or count == 0 then return end
  local field = hour .. " " .. kind
  settledNow[field] = (settledNow[field] or 0) + count
end

-- Says that settled events are counted from this hour on.
local function beginSettled()
  redis.call("HSETNX", settled, "since", math.floor(now / 3600000))
  redis.call("PEXPIRE", settled, (settledHours + 2) * 3600000)
end

local function countSettled()
  local thisHour, isNewHour = math.floor(now / 3600000), false
  local oldest = thisHour - settledHours
  for field, count in pairs(settledNow) do
    local hour = tonumber(string.match(field, "^%d+"))
    -- What is not within is not compared, so that no clock makes this grow.
    if count > 0 and hour >= oldest and hour <= thisHour + 1 then
      if redis.call("HINCRBY", settled, field, count) == count then isNewHour = true end
    end
  end
  if not isNewHour then return end
  beginSettled()
  for _, field in ipairs(redis.call("HKEYS", settled)) do
    local hour = tonumber(string.match(field, "^%d+"))
    if hour and hour < oldest then redis.call("HDEL", settled, field) end
  end
end
