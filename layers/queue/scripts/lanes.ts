import type { QueueKeys } from "../keys.ts"
import { recentLimit } from "../limits.ts"

/** The keys that the functions of `lanes` touch. */
export const laneKeys: ReadonlyArray<keyof QueueKeys> = ["alerts", "alertsDue", "alertsLanes", "alertsRecent"]

/**
 * Functions that keep alerts in order, for the scripts that move them.
 *
 * A lane is the SHA-1 of a signature: of fixed width, whatever the signature holds. All alerts of a lane, its head included, are in
 * `alertsLanes`; the head alone is in `alertsDue`.
 */
export const lanes = `
local function head(lane)
  local first = redis.call("ZRANGE", alertsLanes, "[" .. lane .. ":", "(" .. lane .. ";", "BYLEX", "LIMIT", 0, 1)[1]
  -- 40 digits of the lane, 16 of the sequence, and a colon after each.
  return first and string.sub(first, 59)
end

local function joinLane(id, lane, payload, attempts)
  local sequence = string.format("%016.0f", redis.call("HINCRBY", alerts, "sequence", 1))
  if not head(lane) then redis.call("ZADD", alertsDue, now, id) end
  redis.call("ZADD", alertsLanes, 0, lane .. ":" .. sequence .. ":" .. id)
  redis.call("HSET", alerts, "p:" .. id, payload, "s:" .. id, lane .. ":" .. sequence .. ":0:")
  if attempts ~= "" then redis.call("HSET", alerts, "a:" .. id, attempts) end
  return tonumber(sequence)
end

-- False when the same id is here or was handed over a short while ago.
local function handOver(id, signature, payload)
  if redis.call("ZSCORE", alertsRecent, id) or redis.call("HEXISTS", alerts, "s:" .. id) == 1 then return false end
  redis.call("ZADD", alertsRecent, joinLane(id, redis.sha1hex(signature), payload, ""), id)
  return true
end

local function forgetRecent()
  local excess = redis.call("ZCARD", alertsRecent) - ${recentLimit}
  if excess > 0 then redis.call("ZREMRANGEBYRANK", alertsRecent, 0, excess - 1) end
end

-- The next of the lane may be claimed at once.
local function leaveLane(id, lane, sequence)
  redis.call("HDEL", alerts, "p:" .. id, "s:" .. id, "a:" .. id)
  redis.call("ZREM", alertsDue, id)
  redis.call("ZREM", alertsLanes, lane .. ":" .. sequence .. ":" .. id)
  local following = head(lane)
  if following then redis.call("ZADD", alertsDue, "NX", now, following) end
end

local function stateOf(id)
  local state = redis.call("HGET", alerts, "s:" .. id)
  if state then return string.match(state, "^(%x+):(%d+):(%d+):(.*)$") end
end
`
