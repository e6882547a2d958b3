import { group } from "../limits.ts"
import { waitingEvents } from "./chunks.ts"
import { queueScript } from "./queueScript.ts"

/** Returns depth, bytes, and the age of the oldest event in milliseconds. */
export const eventBacklog = queueScript(
  "eventBacklog",
  "reads",
  ["stream", "books"],
  `${waitingEvents}
local oldest = redis.call("XRANGE", stream, "-", "+", "COUNT", 1)[1]
local age = oldest and math.max(0, now - tonumber(string.match(oldest[1], "^%d+"))) or 0
local depth, bytes = waitingEvents()
return { depth, bytes, age }
`
)

/** Returns depth, state of the breaker, its failures, and for how many milliseconds it has not been closed. */
export const alertBacklog = queueScript(
  "alertBacklog",
  "reads",
  ["alertsDue", "alertsLanes", "breaker"],
  `
local kept = redis.call("HMGET", breaker, "state", "failures", "since")
local state = kept[1] or "closed"
local open = state == "closed" and 0 or math.max(0, now - (tonumber(kept[3] or nil) or now))
return { redis.call("ZCARD", alertsDue) + redis.call("ZCARD", alertsLanes), state, tonumber(kept[2] or 0), open }
`
)

/** Returns the counters, then what is held: events, their bytes, dead events, alerts, dead alerts, quarantined records. */
export const booksPage = queueScript(
  "booksPage",
  "reads",
  ["books", "stream", "dead", "alertsDue", "alertsLanes", "alertsDead", "quarantine"],
  `${waitingEvents}
local depth, bytes = waitingEvents()
return {
  redis.call("HGETALL", books), depth, bytes, redis.call("XLEN", dead),
  redis.call("ZCARD", alertsDue) + redis.call("ZCARD", alertsLanes), redis.call("XLEN", alertsDead), redis.call("XLEN", quarantine)
}
`
)

export const intakeRates = queueScript(
  "intakeRates",
  "reads",
  ["rates"],
  `
return { string.format("%.0f", now), redis.call("HGETALL", rates) }
`
)

/**
 * `self idle`. Deletes consumers that hold nothing and have not asked for anything for `idle` milliseconds. In one step with looking,
 * since deleting a consumer also forgets what it holds.
 */
export const retireConsumers = queueScript(
  "retireConsumers",
  "moves",
  ["stream"],
  `
local consumers = redis.pcall("XINFO", "CONSUMERS", stream, "${group}")
if consumers.err then return 0 end
local retired = 0
for _, fields in ipairs(consumers) do
  local consumer = {}
  for index = 1, #fields, 2 do consumer[fields[index]] = fields[index + 1] end
  if consumer.name ~= ARGV[1] and consumer.pending == 0 and consumer.idle >= tonumber(ARGV[2]) then
    redis.call("XGROUP", "DELCONSUMER", stream, "${group}", consumer.name)
    retired = retired + 1
  end
end
return retired
`
)
