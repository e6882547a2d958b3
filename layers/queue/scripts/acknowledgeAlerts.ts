import { attemptLimit } from "../limits.ts"
import { alertOrdering, laneKeys } from "./alertOrdering.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `threshold outcomes`, and each outcome: `id lease`, then `delivered`, `parked delay attempt failure counts` or
 * `dead reason detail attempt failure`; flags are `1` or `0`, an attempt is a line of JSON.
 * Returns for each 1, or 0 when the lease is not the newest.
 *
 * While the breaker is open, only the probe's answer moves it: answers to alerts that were sent before say nothing about now.
 */
export const acknowledgeAlerts = queueScript(
  "settleAlerts",
  "moves",
  ["breaker", "books", "alertsDead", ...laneKeys],
  `${alertOrdering}
local threshold = tonumber(ARGV[1])
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
  local all = before and before .. "\\n" .. line or line
  local _, breaks = string.gsub(all, "\\n", "")
  for _ = ${attemptLimit}, breaks do all = string.gsub(all, "^[^\\n]*\\n", "", 1) end
  return all
end

local sizes = { delivered = 3, parked = 7, dead = 7 }
local reply, delivered = {}, 0
local at = 3
for index = 1, tonumber(ARGV[2]) do
  local id, lease, outcome = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local tries, holder, signature = stateOf(id)
  if not tries or holder == "" or holder ~= lease then
    reply[index] = 0
  else
    reply[index] = 1
    if outcome == "delivered" then
      answered(lease, true, false)
      leaveLane(id, signature)
      delivered = delivered + 1
    elseif outcome == "parked" then
      answered(lease, false, ARGV[at + 5] == "1")
      local after = string.format("%.0f", tries + tonumber(ARGV[at + 6])) .. "::" .. signature
      redis.call("HSET", alerts, "s:" .. id, after, "a:" .. id, withAttempt(id, ARGV[at + 4]))
      redis.call("ZADD", alertsDue, now + tonumber(ARGV[at + 3]), id)
    else
      answered(lease, false, ARGV[at + 6] == "1")
      local payload = redis.call("HGET", alerts, "p:" .. id)
      local attempts = withAttempt(id, ARGV[at + 5])
      redis.call(
        "XADD", alertsDead, "*", "e", payload, "r", ARGV[at + 3], "d", ARGV[at + 4], "a", attempts, "i", id, "s", signature
      )
      leaveLane(id, signature)
    end
  end
  at = at + sizes[outcome]
end
if delivered > 0 then redis.call("HINCRBY", books, "delivered", delivered) end
return reply
`
)
