-- Adds to what is kept of misread hosts. With `more` another call follows, which makes room. A field of the hash is
-- `last first counts detail`: two times, `what=count` with commas between, and whatever the newest record brought.
--
-- The key lives a little longer than the newest host may, and its time to live tells when it was last swept.
local tooOld = now - keepMs
local form = "^(%d+) (%d+) (%S+) (.*)$"

local function tally(counts, text)
  for what, count in string.gmatch(text, "([%w_]+)=(%d+)") do counts[what] = (counts[what] or 0) + tonumber(count) end
end

local function textOf(counts)
  local texts = {}
  for what, count in pairs(counts) do texts[#texts + 1] = what .. "=" .. string.format("%.0f", count) end
  table.sort(texts)
  return table.concat(texts, ",")
end

for _ = 1, hosts do
  local hostname, last, first, added, detail = nextHost()
  local counts = {}
  -- A clock that is ahead must not keep its hosts at the top.
  last, first = math.min(now, last), math.min(now, first)
  tally(counts, added)
  local lastKept, firstKept, countsKept, detailKept = string.match(redis.call("HGET", misread, hostname) or "", form)
  if lastKept and tonumber(lastKept) > tooOld then
    if tonumber(lastKept) > last then last, detail = tonumber(lastKept), detailKept end
    first = math.min(first, tonumber(firstKept))
    tally(counts, countsKept)
  end
  redis.call("HSET", misread, hostname, string.format("%.0f %.0f %s %s", last, first, textOf(counts), detail))
end

if more then return 0 end

local excess = redis.call("HLEN", misread) - hostLimit
local due = redis.call("PTTL", misread) <= keepMs
if excess > 0 or due then
  local kept = {}
  local all = redis.call("HGETALL", misread)
  for index = 1, #all, 2 do
    kept[#kept + 1] = { all[index], tonumber(string.match(all[index + 1], "^%d+") or 0) }
  end
  table.sort(kept, function(one, other)
    if one[2] ~= other[2] then return one[2] < other[2] end
    return one[1] > other[1]
  end)
  for index, host in ipairs(kept) do
    if index > excess and host[2] > tooOld then break end
    redis.call("HDEL", misread, host[1])
  end
end
if due then redis.call("PEXPIRE", misread, keepMs + sweepMs) end
return 0
