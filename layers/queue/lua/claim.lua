-- Claims alerts that are due. Returns `open wait`, `empty wait`, `limited wait`, or `claimed probe` and for each alert
-- `id payload attempts tries lease`.
--
-- Nothing is written before it is certain that something is claimed: a claim that comes to nothing costs no token and
-- no probe.

-- A time to come that is too far away was written before the clock was set back: it counts from now.
local function remaining(ends, longest, field)
  local wait = (tonumber(ends or nil) or now) - now
  if wait <= longest then return wait end
  redis.call("HSET", breaker, field, now + longest)
  return longest
end

local state = redis.call("HGET", breaker, "state")
local probe = state == "open" or state == "half_open"
if state == "open" then
  local since = tonumber(redis.call("HGET", breaker, "since") or nil) or 0
  if since > now then
    since = now
    redis.call("HSET", breaker, "since", now)
  end
  if since + timeout > now then return { "open", since + timeout - now } end
elseif state == "half_open" then
  local wait = remaining(redis.call("HGET", breaker, "probeEnds"), lease, "probeEnds")
  if wait > 0 then return { "open", wait } end
end
if probe then max = math.min(max, 1) end

local due = redis.call("ZRANGE", alertsDue, "-inf", now, "BYSCORE", "LIMIT", 0, max)
if #due == 0 then
  local following = redis.call("ZRANGE", alertsDue, 0, 0, "WITHSCORES")
  return { "empty", following[2] and math.min(math.max(tonumber(following[2]) - now, 0), idleMs) or idleMs }
end

local bucket = redis.call("HMGET", tokens, "left", "at")
local left = rate
if bucket[1] and bucket[2] then
  left = math.min(rate, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * rate / period)
end
local most = math.min(#due, math.floor(left + 1e-6))
if most < 1 then return { "limited", math.max(1, math.ceil((1 - left) * period / rate - 1e-6)) } end
redis.call("HSET", tokens, "left", string.format("%.17g", left - most), "at", string.format("%.0f", now))

local wanted = {}
for index = 1, most do
  local id = due[index]
  append(wanted, "s:" .. id, "p:" .. id)
  wanted[#wanted + 1] = "a:" .. id
end
local kept = readAll("HMGET", alerts, wanted)
local last = redis.call("HINCRBY", alerts, "lease", most)
local reply, states, ends = { "claimed", probe and 1 or 0 }, {}, {}
for index = 1, most do
  local id, at = due[index], 3 * index - 2
  local tries, signature = string.match(kept[at], "^(%d+):[^:]*:(.*)$")
  -- The time makes it unlike any lease from before the server lost its data.
  local token = string.format("%.0f-%.0f", last - most + index, now)
  append(states, "s:" .. id, tries .. ":" .. token .. ":" .. signature)
  append(ends, now + lease, id)
  if probe then redis.call("HSET", breaker, "state", "half_open", "probe", token, "probeEnds", now + lease) end
  append(reply, id, kept[at + 1])
  append(reply, kept[at + 2] or "", tries)
  reply[#reply + 1] = token
end
writeAll("HSET", alerts, states)
writeAll("ZADD", alertsDue, ends)
return reply
