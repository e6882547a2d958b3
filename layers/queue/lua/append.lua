-- Appends batches that there is room for, and counts them. Small entries of batches that follow each other become one.
-- Returns two values for each batch: `accepted depth`, `events depth`, `bytes depth` or `share depth` (what it is full
-- by), or `limited milliseconds`; then, for those with refused records over their share, `batch digits`, 1 for each
-- that was not kept. A batch whose id is known stores nothing: `repeated depth`, or `conflict 0` with another content.
--
-- A call of a lane that is known was done before, and is answered again. One before the newest of its lane comes too
-- late: whoever sent it has its answer.
--
-- An empty queue takes a batch of any size, and a full bucket too (it goes into debt): one that is larger than the
-- limit would otherwise be refused for ever.
local before = lane ~= "" and redis.call("HGET", calls, lane)
if before then
  local newest, values = string.match(before, "^(%d+) %d+ (.*)$")
  if tonumber(newest) > turn then return redis.error_reply("STALE a newer call of this lane is done") end
  if tonumber(newest) == turn then
    -- Who waits for replicas shall wait for what was written before.
    redis.call("HSET", calls, lane, before)
    local again = {}
    for value in string.gmatch(values, "%S+") do again[#again + 1] = value end
    return again
  end
end

local buckets, results, unkept = {}, {}, {}
local accepted, quarantined, over = 0, 0, 0
-- Only calls with refused records pay for these functions.
local setAside, closeQuarantine

local function tokensOf(sender)
  local bucket = redis.call("HGET", senders, sender)
  if not bucket then return rate end
  local tokens, at = string.match(bucket, "^(%S+) (%S+)$")
  return math.min(rate, tonumber(tokens) + math.max(0, now - tonumber(at)) * rate / window)
end

local gathered, gatheredSize, gatheredLength = {}, 0, 0
local storedBytes = bytes

local function store()
  if gatheredSize == 0 then return end
  local text = table.concat(gathered, "\n")
  addEntry(gatheredSize, text)
  storedBytes = storedBytes + #text
  gathered, gatheredSize, gatheredLength = {}, 0, 0
end

local function gather(size, text)
  local alone = size == 1 and string.find(text, "\n", 1, true)
  if alone or gatheredSize + size > entryEvents or gatheredLength + #text > entryLength then store() end
  gathered[#gathered + 1] = text
  gatheredSize = gatheredSize + size
  gatheredLength = gatheredLength + #text
  if alone then store() end
end

-- Of the batches that have them.
local idOf, contentOf = {}, {}
for _ = 1, named do
  local batch, id, content = nextName()
  idOf[batch], contentOf[batch] = id, content
end

-- Of the entries of one batch.
local sizes, texts = {}, {}

for batch = 1, batches do
  local sender, events, refused, entries = nextBatch()
  local weight = 0
  for i = 1, entries do
    sizes[i], texts[i] = nextEntry()
    weight = weight + #texts[i]
  end
  local id = idOf[batch]
  local content, depthThen, digitsThen
  if id then content, depthThen, digitsThen = batchBefore(id) end
  local tokens = buckets[sender] or tokensOf(sender)
  local needed = math.min(events + refused, rate)
  local full, above, aboveBytes
  if not content and events > 0 and (depth + events > half or bytes + weight > halfBytes) then
    full, above, aboveBytes = fullBy(sender, events, weight)
  end
  local limited = not full and needed > 0 and tokens + 1e-6 < needed
  if content then
    for _ = 1, refused do nextRecord() end
    local same = content == contentOf[batch]
    results[#results + 1] = same and "repeated" or "conflict"
    results[#results + 1] = same and tonumber(depthThen) or 0
    if same and digitsThen ~= "" then
      unkept[#unkept + 1] = batch
      unkept[#unkept + 1] = digitsThen
    end
  elseif full or limited then
    for _ = 1, refused do nextRecord() end
    results[#results + 1] = full or "limited"
    results[#results + 1] = full and depth or math.max(1, math.ceil((needed - tokens) * window / rate - 1e-6))
  else
    for i = 1, entries do gather(sizes[i], texts[i]) end
    local overShare = ""
    if refused > 0 then
      if not setAside then setAside, closeQuarantine = openQuarantine() end
      local digits, lost = {}, 0
      for _ = 1, refused do
        local kept = setAside(sender, nextRecord())
        digits[#digits + 1] = kept and "0" or "1"
        if not kept then lost = lost + 1 end
      end
      if lost > 0 then
        overShare = table.concat(digits)
        unkept[#unkept + 1] = batch
        unkept[#unkept + 1] = overShare
      end
      quarantined = quarantined + refused
      over = over + lost
    end
    if above then addToShare(sender, above, aboveBytes) end
    if needed > 0 then buckets[sender] = tokens - events - refused end
    depth = depth + events
    bytes = bytes + weight
    accepted = accepted + events
    if id then rememberBatch(id, contentOf[batch], depth, overShare) end
    results[#results + 1] = "accepted"
    results[#results + 1] = depth
  end
end

store()

for sender, tokens in pairs(buckets) do
  redis.call("HSET", senders, sender, string.format("%.17g %.0f", tokens, now))
end

local shared = writeQueueShares()

if quarantined > 0 then
  closeQuarantine()
  redis.call("HINCRBY", books, "quarantined", quarantined)
  if over > 0 then redis.call("HINCRBY", books, "quarantineOverShare", over) end
end

if accepted > 0 then
  redis.call("HINCRBY", books, "accepted", accepted)
  redis.call("HSET", books, "waiting", depth, "waitingBytes", storedBytes, "sharing", shared and 1 or 0)
  local minute, hour, day = math.floor(now / 60000), math.floor(now / 3600000), math.floor(now / 86400000)
  redis.call("HINCRBY", rates, "h:" .. hour, accepted)
  redis.call("HINCRBY", rates, "d:" .. day, accepted)
  if redis.call("HINCRBY", rates, "m:" .. minute, accepted) == accepted then
    -- The first of a minute sweeps: what is out of sight goes.
    local oldest = { m = minute - minutesKept + 1, h = hour - hoursKept + 1, d = day - daysKept + 1 }
    for _, field in ipairs(redis.call("HKEYS", rates)) do
      local kind, number = string.match(field, "^(%a):(%d+)$")
      if tonumber(number) < oldest[kind] then redis.call("HDEL", rates, field) end
    end
    if redis.call("HLEN", senders) > senderLimit then redis.call("DEL", senders) end
    local known = redis.call("HGETALL", calls)
    for i = 1, #known, 2 do
      if tonumber(string.match(known[i + 1], "^%d+ (%d+)")) < now - callKeptMs then redis.call("HDEL", calls, known[i]) end
    end
  end
end
for _, value in ipairs(unkept) do results[#results + 1] = value end
if lane ~= "" then redis.call("HSET", calls, lane, string.format("%d %.0f %s", turn, now, table.concat(results, " "))) end
return results
