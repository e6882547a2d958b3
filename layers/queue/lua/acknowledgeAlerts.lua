-- Ends claims as their outcomes say, an attempt being a line of JSON. Returns for each 1, or 0 when its lease is not
-- the newest.
--
-- While the breaker is open, only the probe's answer moves it: answers to alerts that were sent before say nothing
-- about now.
local kept = redis.call("HMGET", breaker, "state", "failures", "probe")
local state, failures, probe = kept[1] or "closed", tonumber(kept[2] or nil) or 0, kept[3]

local function open()
  state, failures, probe = "open", failures + 1, false
  redis.call("HSET", breaker, "state", "open", "since", now, "failures", failures)
  redis.call("HDEL", breaker, "probe", "probeEnds")
end

local function close()
  state, failures, probe = "closed", 0, false
  redis.call("DEL", breaker)
end

local function answered(lease, success, failure)
  if state == "closed" then
    if success then
      if failures > 0 then close() end
    elseif failure and failures + 1 >= threshold then
      open()
    elseif failure then
      failures = failures + 1
      redis.call("HSET", breaker, "failures", failures)
    end
  elseif state == "half_open" and probe == lease then
    if success then
      close()
    elseif failure then
      open()
    else
      -- Neither: the next claim may probe at once.
      probe = false
      redis.call("HDEL", breaker, "probe", "probeEnds")
    end
  end
end

local function withAttempt(id, line)
  local before = redis.call("HGET", alerts, "a:" .. id)
  local all = before and before .. "\n" .. line or line
  local _, breaks = string.gsub(all, "\n", "")
  for _ = attemptLimit, breaks do all = string.gsub(all, "^[^\n]*\n", "", 1) end
  return all
end

local reply, delivered, told, failedBefore = {}, 0, {}, {}
for index = 1, outcomes do
  local id, lease, outcome = nextOutcome()
  local delay, attempt, failure, counts, reason, detail
  if outcome == "parked" then delay, attempt, failure, counts = nextParked() end
  if outcome == "dead" then reason, detail, attempt, failure = nextDead() end
  local tries, holder, signature = stateOf(id)
  if not tries or holder == "" or holder ~= lease then
    reply[index] = 0
  else
    reply[index] = 1
    answered(lease, outcome == "delivered", failure)
    if outcome == "delivered" then
      local attempts = redis.call("HGET", alerts, "a:" .. id)
      removeAlert(id, signature)
      delivered = delivered + 1
      told[delivered] = string.format("%s %.0f", id, tries + 1)
      if attempts then
        failedBefore[#failedBefore + 1] = "a:" .. id
        failedBefore[#failedBefore + 1] = attempts
      end
    elseif outcome == "parked" then
      local after = string.format("%.0f", tries + (counts and 1 or 0)) .. "::" .. signature
      redis.call("HSET", alerts, "s:" .. id, after, "a:" .. id, withAttempt(id, attempt))
      redis.call("ZADD", alertsDue, now + delay, id)
    else
      local payload, attempts = redis.call("HGET", alerts, "p:" .. id), withAttempt(id, attempt)
      redis.call("XADD", alertsDead, "*", "e", payload, "r", reason, "d", detail, "a", attempts, "i", id, "s", signature)
      removeAlert(id, signature)
    end
  end
end
if delivered > 0 then
  redis.call("HINCRBY", books, "delivered", delivered)
  redis.call("XADD", alertsDelivered, "*", "t", string.format("%.0f", now), "d", table.concat(told, "\n"),
    unpack(failedBefore))
  if redis.call("XLEN", alertsDelivered) > deliveryLimit then
    -- Nobody has stored them for long. What goes is counted.
    local oldest = redis.call("XRANGE", alertsDelivered, "-", "+", "COUNT", 1)[1]
    local _, breaks = string.gsub(oldest[2][4], "\n", "")
    redis.call("XDEL", alertsDelivered, oldest[1])
    redis.call("HINCRBY", books, "deliveriesForgotten", breaks + 1)
  end
end
return reply
