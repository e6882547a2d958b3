-- Returns the counters, then what is held: events, their bytes, dead events, alerts, dead alerts, quarantined records.
local function booksNow()
  local depth, bytes = waitingEvents()
  return {
    redis.call("HGETALL", books), depth, bytes, redis.call("XLEN", dead),
    redis.call("ZCARD", alertsDue) + redis.call("ZCARD", alertsWaiting), redis.call("XLEN", alertsDead),
    redis.call("XLEN", quarantine)
  }
end
