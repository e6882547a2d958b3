import { bundleEvents, bundleLength } from "../bundle.ts"
import { quarantineLimit, rateSpans, senderLimit } from "../limits.ts"
import { waitingEvents } from "./pieces.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `capacity rate window parcels`, then for each parcel `sender events quarantined bundles`, its bundles (`size text`) and its
 * quarantined records. Small bundles of parcels that follow each other become one entry.
 * Returns two values for each parcel: `accepted depth`, `full depth` or `limited milliseconds`.
 *
 * An empty queue takes a parcel of any size, and a full bucket too (it goes into debt): one that is larger than the limit
 * would otherwise be refused for ever.
 */
export const append = queueScript(
  "append",
  "fills",
  ["stream", "quarantine", "books", "rates", "senders"],
  `${waitingEvents}
local call, args = redis.call, ARGV
local capacity, rate, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local depth = waitingEvents()
local buckets, receipts = {}, {}
local accepted, quarantined = 0, 0

local function tokensOf(sender)
  local bucket = redis.call("HGET", senders, sender)
  if not bucket then return rate end
  local tokens, at = string.match(bucket, "^(%S+) (%S+)$")
  return math.min(rate, tonumber(tokens) + math.max(0, now - tonumber(at)) * rate / window)
end

local gathered, size, length = {}, 0, 0

local function store()
  if size == 0 then return end
  local text = table.concat(gathered, "\\n")
  if size == 1 then call("XADD", stream, "*", "e", text) else call("XADD", stream, "*", "e", text, "n", size) end
  gathered, size, length = {}, 0, 0
end

local function gather(events, text)
  local alone = events == 1 and string.find(text, "\\n", 1, true)
  if alone or size + events > ${bundleEvents} or length + #text > ${bundleLength} then store() end
  gathered[#gathered + 1] = text
  size = size + events
  length = length + #text
  if alone then store() end
end

local at = 5
for _ = 1, tonumber(ARGV[4]) do
  local sender, events, spoiled = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local first = at + 4
  local records = first + 2 * tonumber(ARGV[at + 3])
  at = records + spoiled
  local tokens = buckets[sender] or tokensOf(sender)
  local needed = math.min(events, rate)
  if events > 0 and depth > 0 and depth + events > capacity then
    receipts[#receipts + 1] = "full"
    receipts[#receipts + 1] = depth
  elseif events > 0 and tokens + 1e-6 < needed then
    receipts[#receipts + 1] = "limited"
    receipts[#receipts + 1] = math.max(1, math.ceil((needed - tokens) * window / rate - 1e-6))
  else
    for index = first, records - 1, 2 do gather(tonumber(args[index]), args[index + 1]) end
    for index = records, at - 1 do call("XADD", quarantine, "*", "e", args[index]) end
    if events > 0 then buckets[sender] = tokens - events end
    depth = depth + events
    accepted = accepted + events
    quarantined = quarantined + spoiled
    receipts[#receipts + 1] = "accepted"
    receipts[#receipts + 1] = depth
  end
end

store()

for sender, tokens in pairs(buckets) do
  redis.call("HSET", senders, sender, string.format("%.17g %.0f", tokens, now))
end

if quarantined > 0 then
  redis.call("HINCRBY", books, "quarantined", quarantined)
  local trimmed = redis.call("XTRIM", quarantine, "MAXLEN", ${quarantineLimit})
  if trimmed > 0 then redis.call("HINCRBY", books, "quarantineTrimmed", trimmed) end
end

if accepted > 0 then
  redis.call("HINCRBY", books, "accepted", accepted)
  redis.call("HSET", books, "waiting", depth)
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
return receipts
`
)
