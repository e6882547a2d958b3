import { waitingEvents } from "./chunks.ts"
import { fillers } from "./fillers.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `capacity bytes sender events bytes`. Returns what there is no room in for such a batch, or nothing. It writes nothing, and says that it
 * might: so a server that refuses writes, for want of memory or disk, refuses this too.
 */
export const eventRoom = queueScript(
  "eventRoom",
  "fills",
  ["stream", "books", "queueShares"],
  `${waitingEvents}
local call = redis.call
local capacity, capacityBytes = tonumber(ARGV[1]), tonumber(ARGV[2])
local sender, events, weight = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local depth, bytes, sharing = waitingEvents()
${fillers}
if depth + events <= half and bytes + weight <= halfBytes then return false end
return (fullBy(sender, events, weight)) or false
`
)
