import type { QueueKeys } from "../keys.ts"
import { agedAtOnce, originLimit } from "../limits.ts"

/** The keys that the functions of `quarantineShares` touch. */
export const shareKeys: ReadonlyArray<keyof QueueKeys> = [
  "quarantine",
  "quarantineShares",
  "quarantineRereads",
  "books"
]

/** Functions that count what each origin holds of the quarantine. What an emptied quarantine held is nothing, whatever was counted. */
export const quarantineShares = `
local shares = {}

local function shareOf(name)
  local share = shares[name]
  if not share then
    local kept = redis.call("HGET", quarantineShares, name)
    local records, bytes = string.match(kept or "0 0", "^(%d+) (%d+)$")
    share = { records = tonumber(records), bytes = tonumber(bytes), known = kept }
    shares[name] = share
  end
  return share
end

local function hold(name, records, bytes)
  local share = shareOf(name)
  share.records, share.bytes = math.max(0, share.records + records), math.max(0, share.bytes + bytes)
  share.changed = true
end

-- Deletes an entry. Those of earlier releases don't say whose they are and were not counted.
local function release(entry)
  local fields = {}
  for index = 1, #entry[2], 2 do fields[entry[2][index]] = entry[2][index + 1] end
  redis.call("XDEL", quarantine, entry[1])
  redis.call("HDEL", quarantineRereads, entry[1])
  if not fields.s then return end
  hold("all", -1, -#fields.e)
  hold("s:" .. fields.s, -1, -#fields.e)
  if fields.p then hold("p:" .. fields.s .. " " .. fields.p, -1, -#fields.e) end
end

local function writeShares()
  if redis.call("XLEN", quarantine) == 0 then return redis.call("DEL", quarantineShares, quarantineRereads) end
  for name, share in pairs(shares) do
    if share.changed and share.records == 0 then
      redis.call("HDEL", quarantineShares, name)
    elseif share.changed then
      redis.call("HSET", quarantineShares, name, string.format("%.0f %.0f", share.records, share.bytes))
    end
  end
end
`

/** Sets records aside. Needs `quarantineShares`, and the locals `quarantineRecords`, `quarantineBytes` and `quarantineKeptMs`. */
export const quarantineRecord = `
-- What is too old makes room.
local held, origins, trimmed = redis.call("XLEN", quarantine), 0, 0
if held == 0 then
  redis.call("DEL", quarantineShares, quarantineRereads)
else
  local since = string.format("%.0f", math.max(0, now - quarantineKeptMs))
  for _, entry in ipairs(redis.call("XRANGE", quarantine, "-", since, "COUNT", ${agedAtOnce})) do
    release(entry)
    trimmed = trimmed + 1
  end
  held = held - trimmed
  -- Somebody deleted records by hand. It is counted anew; what is left is not counted until it goes.
  if shareOf("all").records > held then
    redis.call("DEL", quarantineShares)
    shares = {}
  end
  origins = redis.call("HLEN", quarantineShares)
end

-- False when its origin is over its share: then it is not kept, and nobody else's makes room for it.
local function setAside(sender, peer, text)
  local own, size = shareOf("s:" .. sender), #text
  local records, bytes = quarantineRecords - held, quarantineBytes - shareOf("all").bytes
  if own.records >= records or own.bytes + size > bytes then return false end
  local fields = { "e", text, "s", sender }
  if peer ~= "" then
    local one = shareOf("p:" .. sender .. " " .. peer)
    if one.records == 0 and not one.known then
      if origins < ${originLimit} then
        one.fresh = true
      else
        peer = "*"
        one = shareOf("p:" .. sender .. " *")
      end
    end
    if one.records >= records - own.records or one.bytes + size > bytes - own.bytes then return false end
    if one.fresh then
      one.fresh, one.known = nil, true
      origins = origins + 1
    end
    hold("p:" .. sender .. " " .. peer, 1, size)
    fields[5], fields[6] = "p", peer
  end
  hold("all", 1, size)
  hold("s:" .. sender, 1, size)
  redis.call("XADD", quarantine, "*", unpack(fields))
  held = held + 1
  return true
end

local function closeQuarantine()
  writeShares()
  if trimmed > 0 then redis.call("HINCRBY", books, "quarantineTrimmed", trimmed) end
end
`
