-- Ends events as their outcomes say. Returns how many were forwarded, suppressed, unmatched, dead, meta-alerts,
-- repeated; then, by its number in the call, each outcome left undone: it completes a count, and its candidate is not
-- among the rows. With `final` such a one is counted and raises nothing.
--
-- XACK with XDEL decides who ends an entry, and a digit in `parts` who ends an event of an entry that is acknowledged
-- in parts: nothing is written before it, and for an event that somebody else acknowledged nothing is done.

-- Fingerprint → the alert to raise when its count is reached.
local candidateOf = {}
for _ = 1, candidates do
  local fingerprint, id, signature, payload = nextCandidate()
  candidateOf[fingerprint] = { id, signature, payload }
end

local groups, inParts = {}, redis.call("HLEN", parts) > 0
-- Of each outcome its kind, what belongs to it (an alert, a fingerprint or a dead letter), and its index in its entry.
local total, kinds, contents, indexOf = 0, {}, {}, {}
-- When the event of an outcome was received, where that is not `hour`.
local otherHour = {}
local fingerprints = { overflow }
for _ = 1, entries do
  local entry, size, bytes, entryKinds, indexes, hours = nextEntry()
  local count = string.len(entryKinds)
  groups[#groups + 1] = {
    entry = entry,
    size = size,
    bytes = bytes,
    first = total + 1,
    last = total + count,
    acknowledged = inParts and redis.call("HGET", parts, entry),
    whole = indexes == ""
  }
  if indexes ~= "" then
    local at = total
    for index in string.gmatch(indexes, "%d+") do
      at = at + 1
      indexOf[at] = tonumber(index)
    end
  else
    for at = 1, count do indexOf[total + at] = at - 1 end
  end
  if hours ~= "" then
    local at = total
    for one in string.gmatch(hours, "%d+") do
      at = at + 1
      otherHour[at] = tonumber(one)
    end
  end
  for at = 1, count do
    local kind = string.sub(entryKinds, at, at)
    kinds[total + at] = kind
    if kind == "f" then
      local id, signature, payload = nextAlert()
      contents[total + at] = { id, signature, payload }
    elseif kind == "u" then
      local fingerprint = nextFingerprint()
      contents[total + at] = fingerprint
      fingerprints[#fingerprints + 1] = fingerprint
    elseif kind == "d" then
      contents[total + at] = { nextDeadLetter() }
    end
  end
  total = total + count
end

-- Fingerprint → how often it was seen, or "quiet"; and when that is over.
local numbers, endings = readAll("HMGET", unhandled, fingerprints), readAll("ZMSCORE", unhandledExpiry, fingerprints)
local counted = redis.call("ZCARD", unhandledExpiry)

-- What counting the unmatched events comes to, without those that are not among `mine`. Changes nothing.
local function tally(mine)
  local seen, ends, room = {}, {}, fingerprintLimit - counted
  for i, fingerprint in ipairs(fingerprints) do
    if endings[i] then
      ends[fingerprint] = tonumber(endings[i])
      if ends[fingerprint] > now then seen[fingerprint] = tonumber(numbers[i]) or numbers[i] or 0 end
    end
  end
  local result = { seen = seen, ends = ends, changed = {}, renewed = {}, raised = {}, needsCandidate = {} }
  local function note(fingerprint, number)
    if not seen[fingerprint] or number == "quiet" then
      ends[fingerprint] = now + window
      result.renewed[fingerprint] = true
    end
    seen[fingerprint] = number
    result.changed[fingerprint] = true
  end
  for i = 1, total do
    if kinds[i] == "u" and (not mine or mine[i]) then
      local fingerprint = contents[i]
      local candidate = candidateOf[fingerprint]
      if not ends[fingerprint] then
        if room > 0 then room = room - 1 else fingerprint = overflow end
      end
      local number = seen[fingerprint] or 0
      -- At least, not exactly: the threshold may have been lowered meanwhile.
      if number == "quiet" or (number + 1 >= threshold and not candidate and not final) then
        if number ~= "quiet" then result.needsCandidate[i] = true end
      elseif number + 1 >= threshold and candidate then
        note(fingerprint, "quiet")
        result.raised[i] = candidate
      else
        note(fingerprint, number + 1)
      end
    end
  end
  return result
end

-- One event of an entry, as it was accepted.
local function eventAt(found, size, index)
  local text = found[2][2]
  if size == 1 then return text end
  local line = 0
  for event in string.gmatch(text .. "\n", "([^\n]*)\n") do
    if line == index then return event end
    line = line + 1
  end
end

local waiting, bytes = waitingEvents()
local result = tally(nil)
local needsCandidate = result.needsCandidate
local wholeEntries, others, deadEvents = {}, {}, {}
for _, group in ipairs(groups) do
  local simple, dying = group.whole and not group.acknowledged, false
  for i = group.first, group.last do
    if needsCandidate[i] then simple = false end
    if kinds[i] == "d" then dying = true end
  end
  if dying or not simple then group.found = redis.call("XRANGE", stream, group.entry, group.entry)[1] end
  if simple then
    wholeEntries[#wholeEntries + 1] = group.entry
  else
    others[#others + 1] = group
  end
  for i = group.first, group.last do
    if kinds[i] == "d" then deadEvents[i] = group.found and eventAt(group.found, group.size, indexOf[i]) or "" end
  end
  group.simple = simple
end

local acknowledged = 0
for from = 1, #wholeEntries, 1000 do
  acknowledged = acknowledged
    + redis.call("XACK", stream, consumerGroup, unpack(wholeEntries, from, math.min(from + 999, #wholeEntries)))
end
-- Of which outcomes nobody acknowledged the event before. Absent when that is all.
local mine
if acknowledged == #wholeEntries and #others == 0 then
  writeAll("XDEL", stream, wholeEntries)
  for _, group in ipairs(groups) do bytes = bytes - group.bytes end
else
  mine = {}
  for _, group in ipairs(groups) do
    if group.simple then
      -- Whoever acknowledged it has deleted it too.
      local deleted = redis.call("XDEL", stream, group.entry) == 1
      if deleted then bytes = bytes - group.bytes end
      for i = group.first, group.last do mine[i] = deleted end
    elseif group.found then
      local digits = group.acknowledged or string.rep("0", group.size)
      for i = group.first, group.last do
        local index = indexOf[i]
        mine[i] = not needsCandidate[i] and string.sub(digits, index + 1, index + 1) == "0"
        if mine[i] then digits = string.sub(digits, 1, index) .. "1" .. string.sub(digits, index + 2) end
      end
      if string.find(digits, "0", 1, true) then
        redis.call("HSET", parts, group.entry, digits)
      else
        redis.call("XACK", stream, consumerGroup, group.entry)
        redis.call("XDEL", stream, group.entry)
        bytes = bytes - #group.found[2][2]
        redis.call("HDEL", parts, group.entry)
      end
    end
  end
  result = tally(mine)
end

local counts = { f = 0, s = 0, u = 0, d = 0, metaAlerts = 0, repeated = 0 }
local batch, batchKinds, left = {}, {}, {}
for i = 1, total do
  if needsCandidate[i] then
    left[#left + 1] = i
  elseif mine and not mine[i] then
    counts.repeated = counts.repeated + 1
  else
    local kind = kinds[i]
    counts[kind] = counts[kind] + 1
    if otherHour[i] then
      addSettled(otherHour[i], kind, 1)
      addSettled(hour, kind, -1)
    end
    local alert = kind == "f" and contents[i] or result.raised[i]
    if alert then
      batch[#batch + 1] = alert
      batchKinds[#batch] = kind
    end
    if kind == "d" then
      local reason, detail, attempts = unpack(contents[i])
      redis.call("XADD", dead, "*", "e", deadEvents[i], "r", reason, "d", detail, "a", attempts)
    end
  end
end
-- Before an alert that is here already makes of a forwarded event a suppressed one: the record says forwarded.
for _, kind in ipairs({ "f", "s", "u" }) do addSettled(hour, kind, counts[kind]) end
countSettled()
if #batch > 0 then
  for i, isNew in ipairs(enqueueNewAlerts(batch)) do
    if batchKinds[i] == "u" then
      if isNew then counts.metaAlerts = counts.metaAlerts + 1 end
    elseif not isNew then
      -- An alert that is here already stands for this event too.
      counts.f, counts.s = counts.f - 1, counts.s + 1
    end
  end
end

local changes, renewals = {}, {}
for fingerprint in pairs(result.changed) do append(changes, fingerprint, result.seen[fingerprint]) end
for fingerprint in pairs(result.renewed) do append(renewals, result.ends[fingerprint], fingerprint) end
writeAll("HSET", unhandled, changes)
writeAll("ZADD", unhandledExpiry, renewals)
if counts.u > 0 then
  -- Faster than new ones can come, and never many at once.
  local ended = redis.call("ZRANGE", unhandledExpiry, "-inf", now, "BYSCORE", "LIMIT", 0, 100 + 2 * counts.u)
  writeAll("ZREM", unhandledExpiry, ended)
  writeAll("HDEL", unhandled, ended)
end
for field, name in pairs({ f = "forwarded", s = "suppressed", u = "unmatched", metaAlerts = "metaAlerts" }) do
  if counts[field] > 0 then redis.call("HINCRBY", books, name, counts[field]) end
end
waiting = waiting - counts.f - counts.s - counts.u - counts.d
redis.call("HSET", books, "waiting", waiting, "waitingBytes", math.max(0, bytes))
local reply = { counts.f, counts.s, counts.u, counts.d, counts.metaAlerts, counts.repeated }
for _, index in ipairs(left) do reply[#reply + 1] = index end
return reply
