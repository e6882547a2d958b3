-- Returns depth, bytes, and the age of the oldest event in milliseconds.
local oldest = redis.call("XRANGE", stream, "-", "+", "COUNT", 1)[1]
local age = oldest and math.max(0, now - tonumber(string.match(oldest[1], "^%d+"))) or 0
local depth, bytes = waitingEvents()
return { depth, bytes, age }
