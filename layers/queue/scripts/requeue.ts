import { waitingEvents } from "./chunks.ts"
import { quarantineShares, shareKeys } from "./quarantine.ts"
import { queueScript } from "./queueScript.ts"

/** Entry ids. Returns the id and the text of each that is there. */
export const readQuarantined = queueScript(
  "readQuarantined",
  "reads",
  ["quarantine"],
  `
local found = {}
for index = 2, tonumber(ARGV[1]) + 1 do
  local entry = redis.call("XRANGE", quarantine, ARGV[index], ARGV[index])[1]
  if entry then
    found[#found + 1] = entry[1]
    found[#found + 1] = entry[2][2]
  end
end
return found
`
)

/**
 * `capacity bytes records`, then for each record its entry id, the number of its bundles, and these (`size text`); or no bundles and why it
 * still can't be read. Returns what became of each.
 */
export const requeue = queueScript(
  "requeue",
  "moves",
  ["stream", ...shareKeys],
  `${waitingEvents}${quarantineShares}
local half, halfBytes = math.floor(tonumber(ARGV[1]) / 2), math.floor(tonumber(ARGV[2]) / 2)
local depth, bytes = waitingEvents()
local outcomes, accepted, replayed = {}, 0, 0
local at = 4
for index = 1, tonumber(ARGV[3]) do
  local id, bundles = ARGV[at], tonumber(ARGV[at + 1])
  local first = at + 2
  at = first + (bundles == 0 and 1 or 2 * bundles)
  local entry = redis.call("XRANGE", quarantine, id, id)[1]
  if not entry then
    outcomes[index] = "missing"
  elseif bundles == 0 then
    redis.call("HSET", quarantineRereads, id, ARGV[first])
    outcomes[index] = "kept"
  else
    local events, weight = 0, 0
    for place = first, at - 1, 2 do
      events = events + tonumber(ARGV[place])
      weight = weight + #ARGV[place + 1]
    end
    if depth > 0 and (depth + events > half or bytes + weight > halfBytes) then
      outcomes[index] = "full"
    else
      release(entry)
      for place = first, at - 1, 2 do
        local size, text = tonumber(ARGV[place]), ARGV[place + 1]
        if size == 1 then redis.call("XADD", stream, "*", "e", text) else redis.call("XADD", stream, "*", "e", text, "n", size) end
      end
      depth, bytes = depth + events, bytes + weight
      accepted, replayed = accepted + events, replayed + 1
      outcomes[index] = "replayed"
    end
  end
end
if replayed > 0 then
  writeShares()
  redis.call("HINCRBY", books, "quarantineReplayed", replayed)
  redis.call("HINCRBY", books, "accepted", accepted)
  redis.call("HSET", books, "waiting", depth, "waitingBytes", bytes)
end
return outcomes
`
)
