import { attemptLimit } from "../limits.ts"
import { laneKeys, lanes } from "./lanes.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `id lease threshold outcome`, where outcome is `delivered`, `parked delay attempt failure counts` or
 * `dead reason detail attempt failure`; flags are `1` or `0`, an attempt is a line of JSON.
 * Returns 1, or 0 when the lease is not the newest.
 *
 * While the breaker is open, only the probe's answer moves it: answers to alerts that were sent before say nothing about now.
 */
export const settleAlert = queueScript(
  "settleAlert",
  "moves",
  ["breaker", "books", "alertsDead", ...laneKeys],
  `${lanes}
local id, lease, threshold, outcome = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local tries, holder, signature = stateOf(id)
if not tries or holder == "" or holder ~= lease then return 0 end

local failures = tonumber(redis.call("HGET", breaker, "failures") or nil) or 0

local function open()
  redis.call("HSET", breaker, "state", "open", "since", now, "failures", failures + 1)
  redis.call("HDEL", breaker, "probe", "probeEnds")
end

local function answered(success, failure)
  local state = redis.call("HGET", breaker, "state") or "closed"
  if state == "closed" then
    if success then
      if failures > 0 then redis.call("DEL", breaker) end
    elseif failure and failures + 1 >= threshold then
      open()
    elseif failure then
      redis.call("HSET", breaker, "failures", failures + 1)
    end
  elseif state == "half_open" and redis.call("HGET", breaker, "probe") == lease then
    if success then
      redis.call("DEL", breaker)
    elseif failure then
      open()
    else
      -- Neither: the next claim may probe at once.
      redis.call("HDEL", breaker, "probe", "probeEnds")
    end
  end
end

local function withAttempt(line)
  local kept = redis.call("HGET", alerts, "a:" .. id)
  local all = kept and kept .. "\\n" .. line or line
  local _, breaks = string.gsub(all, "\\n", "")
  for _ = ${attemptLimit}, breaks do all = string.gsub(all, "^[^\\n]*\\n", "", 1) end
  return all
end

if outcome == "delivered" then
  answered(true, false)
  leaveLane(id, signature)
  redis.call("HINCRBY", books, "delivered", 1)
elseif outcome == "parked" then
  answered(false, ARGV[7] == "1")
  local state = string.format("%.0f", tries + tonumber(ARGV[8])) .. "::" .. signature
  redis.call("HSET", alerts, "s:" .. id, state, "a:" .. id, withAttempt(ARGV[6]))
  redis.call("ZADD", alertsDue, now + tonumber(ARGV[5]), id)
else
  answered(false, ARGV[8] == "1")
  local payload = redis.call("HGET", alerts, "p:" .. id)
  local attempts = withAttempt(ARGV[7])
  redis.call(
    "XADD", alertsDead, "*", "e", payload, "r", ARGV[5], "d", ARGV[6], "a", attempts, "i", id, "s", signature
  )
  leaveLane(id, signature)
end
return 1
`
)
