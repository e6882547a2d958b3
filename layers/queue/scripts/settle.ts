import { fingerprintLimit, group, overflow } from "../limits.ts"
import { laneKeys, lanes } from "./lanes.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `threshold window candidates`, for each candidate `fingerprint id signature payload`, then the number of settlements and each:
 * `f entry id signature payload`, `s entry`, `u entry fingerprint` or `d entry reason detail attempts`.
 * Returns how many were forwarded, suppressed, unmatched, dead, meta-alerts, repeated.
 *
 * Acknowledging comes first and decides: who gets a 1 for it does the rest, and a repeat gets a 0.
 */
export const settle = queueScript(
  "settle",
  "moves",
  ["stream", "dead", "books", "unhandled", "unhandledExpiry", ...laneKeys],
  `${lanes}
local threshold, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local candidates = {}
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  candidates[ARGV[at]] = at + 1
  at = at + 4
end

local sizes = { f = 5, s = 2, u = 3, d = 5 }
local counts = { forwarded = 0, suppressed = 0, unmatched = 0, dead = 0, metaAlerts = 0, repeated = 0 }
local settled = {}

local function add(name) counts[name] = counts[name] + 1 end

local function count(fingerprint)
  local candidate = candidates[fingerprint]
  local ends = tonumber(redis.call("ZSCORE", unhandledExpiry, fingerprint) or nil)
  if not ends and redis.call("ZCARD", unhandledExpiry) >= ${fingerprintLimit} then
    fingerprint = "${overflow}"
    ends = tonumber(redis.call("ZSCORE", unhandledExpiry, fingerprint) or nil)
  end
  if not ends or ends <= now then
    redis.call("ZADD", unhandledExpiry, now + window, fingerprint)
    redis.call("HSET", unhandled, fingerprint, 0)
  elseif redis.call("HGET", unhandled, fingerprint) == "quiet" then
    return
  end
  -- At least, not exactly: the threshold may have been lowered meanwhile.
  if redis.call("HINCRBY", unhandled, fingerprint, 1) < threshold or not candidate then return end
  redis.call("HSET", unhandled, fingerprint, "quiet")
  redis.call("ZADD", unhandledExpiry, now + window, fingerprint)
  if handOver(ARGV[candidate], ARGV[candidate + 1], ARGV[candidate + 2]) then add("metaAlerts") end
end

local first = at + 1
for _ = 1, tonumber(ARGV[at]) do
  local kind, entry = ARGV[first], ARGV[first + 1]
  if redis.call("XACK", stream, "${group}", entry) == 0 then
    add("repeated")
  else
    settled[#settled + 1] = entry
    if kind == "f" then
      -- An alert that is here already stands for this event too.
      add(handOver(ARGV[first + 2], ARGV[first + 3], ARGV[first + 4]) and "forwarded" or "suppressed")
    elseif kind == "s" then
      add("suppressed")
    elseif kind == "u" then
      add("unmatched")
      count(ARGV[first + 2])
    else
      -- Kept as it was accepted, whatever its consumer made of it.
      local found = redis.call("XRANGE", stream, entry, entry)[1]
      local payload = found and found[2][2] or ""
      redis.call("XADD", dead, "*", "e", payload, "r", ARGV[first + 2], "d", ARGV[first + 3], "a", ARGV[first + 4])
      add("dead")
    end
  end
  first = first + sizes[kind]
end

-- In pieces, since unpack is limited by the size of Lua's stack.
for from = 1, #settled, 1000 do
  redis.call("XDEL", stream, unpack(settled, from, math.min(from + 999, #settled)))
end
for _, name in ipairs({ "forwarded", "suppressed", "unmatched", "metaAlerts" }) do
  if counts[name] > 0 then redis.call("HINCRBY", books, name, counts[name]) end
end
if counts.forwarded + counts.metaAlerts > 0 then forgetRecent() end
if counts.unmatched > 0 then
  -- Faster than new ones can come, and never many at once.
  local ended = redis.call("ZRANGE", unhandledExpiry, "-inf", now, "BYSCORE", "LIMIT", 0, 100 + 2 * counts.unmatched)
  for _, fingerprint in ipairs(ended) do
    redis.call("ZREM", unhandledExpiry, fingerprint)
    redis.call("HDEL", unhandled, fingerprint)
  end
end
return {
  counts.forwarded, counts.suppressed, counts.unmatched, counts.dead, counts.metaAlerts, counts.repeated
}
`
)
