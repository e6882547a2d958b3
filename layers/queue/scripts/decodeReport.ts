import { decodeReportLimits } from "../../../src/domain/DecodeReport.ts"
import { keepMs } from "../limits.ts"
import { queueScript } from "./queueScript.ts"

/** What is past its time is looked for so often, since that reads all there is. */
const sweepMs = 3_600_000

/**
 * `hosts more`, then for each `hostname last first counts detail`; `more` is 1 when another call follows, which leaves making room to it. A field of the hash is `last first counts detail`: two times, `what=count`
 * with commas between, and whatever the newest record brought.
 *
 * The key lives a little longer than the newest host may, and its time to live tells when it was last swept.
 */
export const addMisread = queueScript(
  "addMisread",
  "fills",
  ["misread"],
  `
local call = redis.call
local tooOld = now - ${keepMs}
local form = "^(%d+) (%d+) (%S+) (.*)$"

local function tally(counts, text)
  for what, count in string.gmatch(text, "([%w_]+)=(%d+)") do counts[what] = (counts[what] or 0) + tonumber(count) end
end

local function told(counts)
  local parts = {}
  for what, count in pairs(counts) do parts[#parts + 1] = what .. "=" .. string.format("%.0f", count) end
  table.sort(parts)
  return table.concat(parts, ",")
end

for at = 3, 2 + 5 * tonumber(ARGV[1]), 5 do
  local host, counts, detail = ARGV[at], {}, ARGV[at + 4]
  -- A clock that is ahead must not keep its hosts at the top.
  local last, first = math.min(now, tonumber(ARGV[at + 1])), math.min(now, tonumber(ARGV[at + 2]))
  tally(counts, ARGV[at + 3])
  local lastKept, firstKept, countsKept, detailKept = string.match(call("HGET", misread, host) or "", form)
  if lastKept and tonumber(lastKept) > tooOld then
    if tonumber(lastKept) > last then last, detail = tonumber(lastKept), detailKept end
    first = math.min(first, tonumber(firstKept))
    tally(counts, countsKept)
  end
  call("HSET", misread, host, string.format("%.0f %.0f %s %s", last, first, told(counts), detail))
end

if ARGV[2] == "1" then return 0 end

local excess = call("HLEN", misread) - ${decodeReportLimits.hosts}
local due = call("PTTL", misread) <= ${keepMs}
if excess > 0 or due then
  local hosts = {}
  local all = call("HGETALL", misread)
  for index = 1, #all, 2 do
    hosts[#hosts + 1] = { all[index], tonumber(string.match(all[index + 1], "^%d+") or 0) }
  end
  table.sort(hosts, function(one, other)
    if one[2] ~= other[2] then return one[2] < other[2] end
    return one[1] > other[1]
  end)
  for index, host in ipairs(hosts) do
    if index > excess and host[2] > tooOld then break end
    call("HDEL", misread, host[1])
  end
end
if due then call("PEXPIRE", misread, ${keepMs + sweepMs}) end
return 0
`
)

/** Returns the server's time and the hash. */
export const readMisread = queueScript(
  "readMisread",
  "reads",
  ["misread"],
  `
return { string.format("%.0f", now), redis.call("HGETALL", misread) }
`
)
