import { alertOrdering, laneKeys } from "./alertOrdering.ts"
import { waitingEvents } from "./chunks.ts"
import { quarantineShares, shareKeys } from "./quarantine.ts"
import { queueScript } from "./queueScript.ts"

/** For how long an operation is known. */
const dayMs = 86_400_000

/**
 * The parts of a script that moves letters: it gets how many ids, the ids, and the operation, or nothing for one that nobody asks for again.
 * One that was done is answered as it was then.
 */
const begin = `
local operation = ARGV[tonumber(ARGV[1]) + 2]
if operation ~= "" then
  local known = redis.call("HGET", moves, operation)
  if known then return cjson.decode(known) end
end
`
const end = (moved: string) => `
if operation ~= "" then
  redis.call("HSET", moves, operation, cjson.encode(${moved}))
  redis.call("ZADD", movesAt, now, operation)
  local old = redis.call("ZRANGEBYSCORE", movesAt, "-inf", now - ${dayMs}, "LIMIT", 0, 100)
  if #old > 0 then
    redis.call("HDEL", moves, unpack(old))
    redis.call("ZREM", movesAt, unpack(old))
  end
end
return ${moved}
`
/** Entry ids of dead events. Returns those that were there; each is a new entry of the event stream now. */
export const replayEvents = queueScript(
  "replayEvents",
  "moves",
  ["stream", "dead", "books", "moves", "movesAt"],
  `${waitingEvents}${begin}
local replayed = {}
local waiting, bytes = waitingEvents()
for index = 2, tonumber(ARGV[1]) + 1 do
  local entry = redis.call("XRANGE", dead, ARGV[index], ARGV[index])[1]
  if entry and redis.call("XDEL", dead, ARGV[index]) == 1 then
    redis.call("XADD", stream, "*", "e", entry[2][2])
    bytes = bytes + #entry[2][2]
    replayed[#replayed + 1] = ARGV[index]
  end
end
if #replayed > 0 then redis.call("HSET", books, "waiting", waiting + #replayed, "waitingBytes", bytes) end
${end("replayed")}`
)

/**
 * Entry ids of dead alerts. Returns those that were there; each waits at the end of its lane now, its attempts kept as history.
 * One whose id is on its way again by other means stays where it is.
 */
export const replayAlerts = queueScript(
  "replayAlerts",
  "moves",
  ["alertsDead", ...laneKeys, "moves", "movesAt"],
  `${alertOrdering}${begin}
local replayed, batch, seen = {}, {}, {}
for index = 2, tonumber(ARGV[1]) + 1 do
  local entry = redis.call("XRANGE", alertsDead, ARGV[index], ARGV[index])[1]
  if entry then
    local letter = {}
    for field = 1, #entry[2], 2 do letter[entry[2][field]] = entry[2][field + 1] end
    if not seen[letter.i] and not stateOf(letter.i) and redis.call("XDEL", alertsDead, ARGV[index]) == 1 then
      seen[letter.i] = true
      batch[#batch + 1] = { letter.i, letter.s, letter.e, letter.a }
      replayed[#replayed + 1] = ARGV[index]
    end
  end
end
if #batch > 0 then joinLanes(batch) end
${end("replayed")}`
)

const discardFrom = (stream: "dead" | "alertsDead", counter: string) =>
  queueScript(
    `discard.${stream}`,
    "moves",
    [stream, "books", "moves", "movesAt"],
    `${begin}
local discarded = {}
for index = 2, tonumber(ARGV[1]) + 1 do
  if redis.call("XDEL", ${stream}, ARGV[index]) == 1 then discarded[#discarded + 1] = ARGV[index] end
end
if #discarded > 0 then redis.call("HINCRBY", books, "${counter}", #discarded) end
${end("discarded")}`
  )

/** The same of quarantined records, whose origins get their room back. */
const discardQuarantined = queueScript(
  "discard.quarantine",
  "moves",
  [...shareKeys, "moves", "movesAt"],
  `${quarantineShares}${begin}
local discarded = {}
for index = 2, tonumber(ARGV[1]) + 1 do
  local entry = redis.call("XRANGE", quarantine, ARGV[index], ARGV[index])[1]
  if entry then
    release(entry)
    discarded[#discarded + 1] = ARGV[index]
  end
end
if #discarded > 0 then
  writeShares()
  redis.call("HINCRBY", books, "quarantineDiscarded", #discarded)
end
${end("discarded")}`
)

/** Entry ids. Return those that were there, and count them. */
export const discard = {
  events: discardFrom("dead", "eventsDiscarded"),
  alerts: discardFrom("alertsDead", "alertsDiscarded"),
  quarantine: discardQuarantined
}
