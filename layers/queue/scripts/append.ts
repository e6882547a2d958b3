import { rateSpans, senderLimit } from "../limits.ts"
import { entryEvents, entryLength } from "../streamEntry.ts"
import { waitingEvents } from "./chunks.ts"
import { fillers } from "./fillers.ts"
import { quarantineRecord, quarantineShares, shareKeys } from "./quarantine.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `capacity bytes rate window`, the quarantine's `records bytes milliseconds`, `batches`, then for each batch
 * `sender events quarantined bundles`, its bundles (`size text`) and its quarantined records (`peer text`). Small bundles of batches that
 * follow each other become one entry.
 * Returns two values for each batch: `accepted depth`, `events depth`, `bytes depth` or `share depth` (what it is full by), or
 * `limited milliseconds`; then, for those with quarantined records over their share, `batch digits`, 1 for each that was not kept.
 *
 * An empty queue takes a batch of any size, and a full bucket too (it goes into debt): one that is larger than the limit
 * would otherwise be refused for ever.
 */
export const append = queueScript(
  "append",
  "fills",
  ["stream", "rates", "senders", "queueShares", ...shareKeys],
  `${waitingEvents}
local call, args = redis.call, ARGV
local capacity, capacityBytes, rate, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local quarantineRecords, quarantineBytes, quarantineKeptMs = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local depth, bytes, sharing = waitingEvents()
local buckets, receipts, unkept = {}, {}, {}
local accepted, quarantined, over = 0, 0, 0

-- Only calls with refused records pay for these functions.
local setAside, closeQuarantine
local function openQuarantine()
${quarantineShares}${quarantineRecord}
  return setAside, closeQuarantine
end

local function tokensOf(sender)
  local bucket = redis.call("HGET", senders, sender)
  if not bucket then return rate end
  local tokens, at = string.match(bucket, "^(%S+) (%S+)$")
  return math.min(rate, tonumber(tokens) + math.max(0, now - tonumber(at)) * rate / window)
end

${fillers}
local gathered, size, length = {}, 0, 0
local stored = bytes

local function store()
  if size == 0 then return end
  local text = table.concat(gathered, "\\n")
  if size == 1 then call("XADD", stream, "*", "e", text) else call("XADD", stream, "*", "e", text, "n", size) end
  stored = stored + #text
  gathered, size, length = {}, 0, 0
end

local function gather(events, text)
  local alone = events == 1 and string.find(text, "\\n", 1, true)
  if alone or size + events > ${entryEvents} or length + #text > ${entryLength} then store() end
  gathered[#gathered + 1] = text
  size = size + events
  length = length + #text
  if alone then store() end
end

local at = 9
for batch = 1, tonumber(ARGV[8]) do
  local sender, events, spoiled = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local first = at + 4
  local records = first + 2 * tonumber(ARGV[at + 3])
  at = records + 2 * spoiled
  local weight = 0
  for index = first + 1, records - 1, 2 do weight = weight + #args[index] end
  local tokens = buckets[sender] or tokensOf(sender)
  local needed = math.min(events + spoiled, rate)
  local full, above, aboveBytes
  if events > 0 and (depth + events > half or bytes + weight > halfBytes) then
    full, above, aboveBytes = fullBy(sender, events, weight)
  end
  if full then
    receipts[#receipts + 1] = full
    receipts[#receipts + 1] = depth
  elseif needed > 0 and tokens + 1e-6 < needed then
    receipts[#receipts + 1] = "limited"
    receipts[#receipts + 1] = math.max(1, math.ceil((needed - tokens) * window / rate - 1e-6))
  else
    for index = first, records - 1, 2 do gather(tonumber(args[index]), args[index + 1]) end
    if spoiled > 0 then
      if not setAside then setAside, closeQuarantine = openQuarantine() end
      local digits, lost = {}, 0
      for index = records, at - 1, 2 do
        local kept = setAside(sender, args[index], args[index + 1])
        digits[#digits + 1] = kept and "0" or "1"
        if not kept then lost = lost + 1 end
      end
      if lost > 0 then
        unkept[#unkept + 1] = batch
        unkept[#unkept + 1] = table.concat(digits)
      end
      quarantined = quarantined + spoiled
      over = over + lost
    end
    if above then
      local own = filledBy(sender)
      own[1], own[2], own.changed = own[1] + above, own[2] + aboveBytes, true
      filled = true
    end
    if needed > 0 then buckets[sender] = tokens - events - spoiled end
    depth = depth + events
    bytes = bytes + weight
    accepted = accepted + events
    receipts[#receipts + 1] = "accepted"
    receipts[#receipts + 1] = depth
  end
end

store()

for sender, tokens in pairs(buckets) do
  redis.call("HSET", senders, sender, string.format("%.17g %.0f", tokens, now))
end

writeFillers()

if quarantined > 0 then
  closeQuarantine()
  redis.call("HINCRBY", books, "quarantined", quarantined)
  if over > 0 then redis.call("HINCRBY", books, "quarantineOverShare", over) end
end

if accepted > 0 then
  redis.call("HINCRBY", books, "accepted", accepted)
  redis.call("HSET", books, "waiting", depth, "waitingBytes", stored, "sharing", (sharing or filled) and 1 or 0)
  local minute, hour, day = math.floor(now / 60000), math.floor(now / 3600000), math.floor(now / 86400000)
  redis.call("HINCRBY", rates, "h:" .. hour, accepted)
  redis.call("HINCRBY", rates, "d:" .. day, accepted)
  if redis.call("HINCRBY", rates, "m:" .. minute, accepted) == accepted then
    -- The first of a minute sweeps: what is out of sight goes.
    local oldest = { m = minute - ${rateSpans.minutes - 1}, h = hour - ${rateSpans.hours - 1}, d = day - ${
    rateSpans.days - 1
  } }
    for _, field in ipairs(redis.call("HKEYS", rates)) do
      local kind, number = string.match(field, "^(%a):(%d+)$")
      if tonumber(number) < oldest[kind] then redis.call("HDEL", rates, field) end
    end
    if redis.call("HLEN", senders) > ${senderLimit} then redis.call("DEL", senders) end
  end
end
for _, value in ipairs(unkept) do receipts[#receipts + 1] = value end
return receipts
`
)
