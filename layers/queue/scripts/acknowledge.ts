import { fingerprintLimit, group, overflow } from "../limits.ts"
import { alertOrdering, laneKeys } from "./alertOrdering.ts"
import { waitingEvents } from "./chunks.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `threshold window final candidates`, for each candidate `fingerprint id signature payload`, then the number of entries and each:
 * `entry size bytes kinds places`, then what belongs to each kind in order: `f` has `id signature payload`, `s` nothing, `u` a `fingerprint`, `d`
 * `reason detail attempts`. `places` says which of the entry's events they are, with commas between; empty when they are all, in order.
 * Returns how many were forwarded, suppressed, unmatched, dead, meta-alerts, repeated; then, by its number in the call, each settlement left
 * alone, since it completes a count and its candidate is missing. With `final` 1 such a one is counted and raises nothing.
 *
 * Acknowledging decides who settles an entry, and a digit in `parts` who settles an event of one that is settled in parts: nothing is
 * written before it, and of what somebody else settled nothing is done.
 */
export const acknowledge = queueScript(
  "settle",
  "moves",
  ["stream", "parts", "dead", "books", "unhandled", "unhandledExpiry", ...laneKeys],
  `${alertOrdering}${waitingEvents}
local threshold, window, final = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == "1"
local candidates = {}
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  candidates[ARGV[at]] = { ARGV[at + 1], ARGV[at + 2], ARGV[at + 3] }
  at = at + 4
end

local lengths = { f = 3, s = 0, u = 1, d = 3 }
local groups, inParts = {}, redis.call("HLEN", parts) > 0
-- Of each settlement its kind, where the rest of it begins, and its place in its entry.
local total, kinds, restOf, placeOf = 0, {}, {}, {}
local prints = { "${overflow}" }
local next = at + 1
for _ = 1, tonumber(ARGV[at]) do
  local entry, size, letters, places = ARGV[next], tonumber(ARGV[next + 1]), ARGV[next + 3], ARGV[next + 4]
  local count = string.len(letters)
  next = next + 5
  groups[#groups + 1] = {
    entry = entry,
    size = size,
    bytes = tonumber(ARGV[next - 3]),
    first = total + 1,
    last = total + count,
    settled = inParts and redis.call("HGET", parts, entry),
    whole = places == ""
  }
  if places ~= "" then
    local index = total
    for place in string.gmatch(places, "%d+") do
      index = index + 1
      placeOf[index] = tonumber(place)
    end
  else
    for index = 1, count do placeOf[total + index] = index - 1 end
  end
  for index = total + 1, total + count do
    local kind = string.sub(letters, index - total, index - total)
    kinds[index], restOf[index] = kind, next
    if kind == "u" then prints[#prints + 1] = ARGV[next] end
    next = next + lengths[kind]
  end
  total = total + count
end

-- Fingerprint → how often it was seen, or "quiet"; and when that is over.
local numbers, endings = readAll("HMGET", unhandled, prints), readAll("ZMSCORE", unhandledExpiry, prints)
local held = redis.call("ZCARD", unhandledExpiry)

-- What counting the events of the batch comes to, without those that are not among mine. Changes nothing.
local function tally(mine)
  local seen, ends, room = {}, {}, ${fingerprintLimit} - held
  for i, print in ipairs(prints) do
    if endings[i] then
      ends[print] = tonumber(endings[i])
      if ends[print] > now then seen[print] = tonumber(numbers[i]) or numbers[i] or 0 end
    end
  end
  local result = { seen = seen, ends = ends, changed = {}, renewed = {}, raised = {}, wanting = {} }
  local function note(print, number)
    if not seen[print] or number == "quiet" then
      ends[print] = now + window
      result.renewed[print] = true
    end
    seen[print] = number
    result.changed[print] = true
  end
  for i = 1, total do
    if kinds[i] == "u" and (not mine or mine[i]) then
      local print = ARGV[restOf[i]]
      local candidate = candidates[print]
      if not ends[print] then
        if room > 0 then room = room - 1 else print = "${overflow}" end
      end
      local number = seen[print] or 0
      -- At least, not exactly: the threshold may have been lowered meanwhile.
      if number == "quiet" or (number + 1 >= threshold and not candidate and not final) then
        if number ~= "quiet" then result.wanting[i] = true end
      elseif number + 1 >= threshold and candidate then
        note(print, "quiet")
        result.raised[i] = candidate
      else
        note(print, number + 1)
      end
    end
  end
  return result
end

-- Kept as it was accepted, whatever its consumer made of it.
local function eventAt(found, size, place)
  local text = found[2][2]
  if size == 1 then return text end
  local line = 0
  for event in string.gmatch(text .. "\\n", "([^\\n]*)\\n") do
    if line == place then return event end
    line = line + 1
  end
end

local waiting, bytes = waitingEvents()
local result = tally(nil)
local entries, others, letters = {}, {}, {}
for _, group in ipairs(groups) do
  local simple, dying = group.whole and not group.settled, false
  for i = group.first, group.last do
    if result.wanting[i] then simple = false end
    if kinds[i] == "d" then dying = true end
  end
  if dying or not simple then group.found = redis.call("XRANGE", stream, group.entry, group.entry)[1] end
  if simple then
    entries[#entries + 1] = group.entry
  else
    others[#others + 1] = group
  end
  for i = group.first, group.last do
    if kinds[i] == "d" then letters[i] = group.found and eventAt(group.found, group.size, placeOf[i]) or "" end
  end
  group.simple = simple
end

local acknowledged = 0
for from = 1, #entries, 1000 do
  acknowledged = acknowledged + redis.call("XACK", stream, "${group}", unpack(entries, from, math.min(from + 999, #entries)))
end
-- Absent when all are.
local mine
if acknowledged == #entries and #others == 0 then
  writeAll("XDEL", stream, entries)
  for _, group in ipairs(groups) do bytes = bytes - group.bytes end
else
  mine = {}
  for _, group in ipairs(groups) do
    if group.simple then
      -- Whoever settled it has deleted it too.
      local deleted = redis.call("XDEL", stream, group.entry) == 1
      if deleted then bytes = bytes - group.bytes end
      for i = group.first, group.last do mine[i] = deleted end
    elseif group.found then
      local settled = group.settled or string.rep("0", group.size)
      for i = group.first, group.last do
        local place = placeOf[i]
        mine[i] = not result.wanting[i] and string.sub(settled, place + 1, place + 1) == "0"
        if mine[i] then settled = string.sub(settled, 1, place) .. "1" .. string.sub(settled, place + 2) end
      end
      if string.find(settled, "0", 1, true) then
        redis.call("HSET", parts, group.entry, settled)
      else
        redis.call("XACK", stream, "${group}", group.entry)
        redis.call("XDEL", stream, group.entry)
        bytes = bytes - #group.found[2][2]
        redis.call("HDEL", parts, group.entry)
      end
    end
  end
  local wanting = result.wanting
  result = tally(mine)
  result.wanting = wanting
end

local counts = { f = 0, s = 0, u = 0, d = 0, metaAlerts = 0, repeated = 0 }
local alertsOf, batch, left = {}, {}, {}
for i = 1, total do
  if result.wanting[i] then
    left[#left + 1] = i
  elseif mine and not mine[i] then
    counts.repeated = counts.repeated + 1
  else
    local kind, from = kinds[i], restOf[i]
    counts[kind] = counts[kind] + 1
    local alert = kind == "f" and { ARGV[from], ARGV[from + 1], ARGV[from + 2] } or result.raised[i]
    if alert then
      batch[#batch + 1] = alert
      alertsOf[#batch] = kind
    end
    if kind == "d" then
      redis.call("XADD", dead, "*", "e", letters[i], "r", ARGV[from], "d", ARGV[from + 1], "a", ARGV[from + 2])
    end
  end
end
if #batch > 0 then
  for i, done in ipairs(handOver(batch)) do
    if alertsOf[i] == "u" then
      if done then counts.metaAlerts = counts.metaAlerts + 1 end
    elseif not done then
      -- An alert that is here already stands for this event too.
      counts.f, counts.s = counts.f - 1, counts.s + 1
    end
  end
end

local changes, renewals = {}, {}
for print in pairs(result.changed) do append(changes, print, result.seen[print]) end
for print in pairs(result.renewed) do append(renewals, result.ends[print], print) end
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
`
)
