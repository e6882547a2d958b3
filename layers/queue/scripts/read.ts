import { group } from "../limits.ts"
import { entryEvents } from "../streamEntry.ts"
import { queueScript } from "./queueScript.ts"

/** Writes entries as `entry size bytes text settled` each; `settled` is empty, or a digit for each event. */
const told = `
local told, got = {}, 0
local function tell(entries)
  for _, entry in ipairs(entries) do
    local fields = entry[2]
    local size = fields[4] or "1"
    local settled = size ~= "1" and redis.call("HGET", parts, entry[1]) or ""
    told[#told + 1] = entry[1]
    told[#told + 1] = size
    told[#told + 1] = #fields[2]
    told[#told + 1] = fields[2]
    told[#told + 1] = settled
    got = got + tonumber(size)
  end
end
`

/** `consumer count`. Returns new entries, whole, until they hold so many events. */
export const take = queueScript(
  "take",
  "moves",
  ["stream", "parts"],
  `${told}
local count = tonumber(ARGV[2])
repeat
  -- No more entries than may be needed, were all of them full.
  local asked = math.ceil((count - got) / ${entryEvents})
  local reply = redis.call("XREADGROUP", "GROUP", "${group}", ARGV[1], "COUNT", asked, "STREAMS", stream, ">")
  local entries = reply and reply[1][2] or {}
  tell(entries)
until #entries < asked or got >= count
return told
`
)

/**
 * `consumer idle count cursor`. Takes over entries from the cursor on that somebody has held for `idle` milliseconds, no more than
 * `count` events may be in. Returns the next cursor, then the entries; looks at a bounded number of them.
 */
export const takeOver = queueScript(
  "takeOver",
  "moves",
  ["stream", "parts"],
  `${told}
local asked = math.ceil(tonumber(ARGV[3]) / ${entryEvents})
local reply = redis.call("XAUTOCLAIM", stream, "${group}", ARGV[1], ARGV[2], ARGV[4], "COUNT", asked)
tell(reply[2])
return { reply[1], told }
`
)
