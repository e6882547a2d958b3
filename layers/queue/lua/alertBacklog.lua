-- Returns depth, state of the breaker, its failures, and for how many milliseconds it has not been closed.
local kept = redis.call("HMGET", breaker, "state", "failures", "since")
local state = kept[1] or "closed"
local open = state == "closed" and 0 or math.max(0, now - (tonumber(kept[3] or nil) or now))
return { redis.call("ZCARD", alertsDue) + redis.call("ZCARD", alertsWaiting), state, tonumber(kept[2] or 0), open }
