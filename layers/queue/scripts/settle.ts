import { fingerprintLimit, group, overflow } from "../limits.ts"
import { laneKeys, lanes } from "./lanes.ts"
import { queueScript } from "./queueScript.ts"

/**
 * `threshold window final candidates`, for each candidate `fingerprint id signature payload`, then the number of settlements and each:
 * `f entry id signature payload`, `s entry`, `u entry fingerprint` or `d entry reason detail attempts`.
 * Returns how many were forwarded, suppressed, unmatched, dead, meta-alerts, repeated; then the entries left alone, since they complete
 * a count and their candidate is missing. With `final` 1 such an entry is counted and raises nothing.
 *
 * Acknowledging decides who settles an event: nothing is written before it, and of what somebody else acknowledged nothing is done.
 */
export const settle = queueScript(
  "settle",
  "moves",
  ["stream", "dead", "books", "unhandled", "unhandledExpiry", ...laneKeys],
  `${lanes}
local threshold, window, final = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3] == "1"
local candidates = {}
local at = 5
for _ = 1, tonumber(ARGV[4]) do
  candidates[ARGV[at]] = { ARGV[at + 1], ARGV[at + 2], ARGV[at + 3] }
  at = at + 4
end

local sizes = { f = 5, s = 2, u = 3, d = 5 }
-- Of each settlement its kind, its entry, and where the rest of it begins.
local total = tonumber(ARGV[at])
local kinds, entryOf, restOf, prints = {}, {}, {}, { "${overflow}" }
local first = at + 1
for i = 1, total do
  local kind = ARGV[first]
  kinds[i], entryOf[i], restOf[i] = kind, ARGV[first + 1], first + 2
  if kind == "u" then prints[#prints + 1] = ARGV[first + 2] end
  first = first + sizes[kind]
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

local result = tally(nil)
local entries, letters = {}, {}
for i = 1, total do
  if not result.wanting[i] then
    entries[#entries + 1] = entryOf[i]
    if kinds[i] == "d" then
      -- Kept as it was accepted, whatever its consumer made of it.
      local found = redis.call("XRANGE", stream, entryOf[i], entryOf[i])[1]
      letters[i] = found and found[2][2] or ""
    end
  end
end

local acknowledged = 0
for from = 1, #entries, 1000 do
  acknowledged = acknowledged + redis.call("XACK", stream, "${group}", unpack(entries, from, math.min(from + 999, #entries)))
end
-- Absent when all are.
local mine
if acknowledged == #entries then
  writeAll("XDEL", stream, entries)
else
  -- Whoever settled one has deleted it too.
  mine = {}
  for i = 1, total do
    mine[i] = not result.wanting[i] and redis.call("XDEL", stream, entryOf[i]) == 1
  end
  local wanting = result.wanting
  result = tally(mine)
  result.wanting = wanting
end

local counts = { f = 0, s = 0, u = 0, d = 0, metaAlerts = 0, repeated = 0 }
local alertsOf, batch, left = {}, {}, {}
for i = 1, total do
  if result.wanting[i] then
    left[#left + 1] = entryOf[i]
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
local reply = { counts.f, counts.s, counts.u, counts.d, counts.metaAlerts, counts.repeated }
for _, entry in ipairs(left) do reply[#reply + 1] = entry end
return reply
`
)
