-- Returns the time, that of the oldest event that is not settled (0: none), and what was settled by hour.
local oldest = redis.call("XRANGE", stream, "-", "+", "COUNT", 1)[1]
return {
  string.format("%.0f", now),
  oldest and string.match(oldest[1], "^%d+") or "0",
  redis.call("HGETALL", settled)
}
