-- Returns the time, the books, the age of the oldest event in milliseconds, how many alerts wait behind another, for how
-- many milliseconds the alert that is due first has been due, state of the breaker, and the bucket of delivery: its
-- tokens and when it had them, empty before the first delivery.
local oldest = redis.call("XRANGE", stream, "-", "+", "COUNT", 1)[1]
local first = redis.call("ZRANGE", alertsDue, 0, 0, "WITHSCORES")[2]
local bucket = redis.call("HMGET", tokens, "left", "at")
return {
  string.format("%.0f", now),
  booksNow(),
  oldest and math.max(0, now - tonumber(string.match(oldest[1], "^%d+"))) or 0,
  redis.call("ZCARD", alertsWaiting),
  first and math.max(0, now - tonumber(first)) or 0,
  redis.call("HGET", breaker, "state") or "closed",
  bucket[1] or "",
  bucket[2] or ""
}
