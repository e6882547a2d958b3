-- Opens the quarantine, in which what is too old makes room. Returns a function that sets a record aside, and one that
-- ends the work.
local function openQuarantine()
  local shares = openQuarantineShares()
  local held, origins, trimmed = redis.call("XLEN", quarantine), 0, 0
  if held == 0 then
    redis.call("DEL", quarantineShares, quarantineRereads)
  else
    local since = string.format("%.0f", math.max(0, now - quarantineKeptMs))
    for _, entry in ipairs(redis.call("XRANGE", quarantine, "-", since, "COUNT", agedAtOnce)) do
      shares.release(entry)
      trimmed = trimmed + 1
    end
    held = held - trimmed
    -- Somebody deleted records by hand. It is counted anew; what is left is not counted until it goes.
    if shares.of("all").records > held then shares.forget() end
    origins = redis.call("HLEN", quarantineShares)
  end

  -- False when its origin is over its share: then it is not kept, and nobody else's record makes room for it.
  local function setAside(sender, peer, text)
    local own, size = shares.of("s:" .. sender), #text
    local records, bytes = quarantineRecords - held, quarantineBytes - shares.of("all").bytes
    if own.records >= records or own.bytes + size > bytes then return false end
    local fields = { "e", text, "s", sender }
    if peer ~= "" then
      local one = shares.of("p:" .. sender .. " " .. peer)
      if one.records == 0 and not one.known then
        if origins < originLimit then
          one.fresh = true
        else
          peer = "*"
          one = shares.of("p:" .. sender .. " *")
        end
      end
      if one.records >= records - own.records or one.bytes + size > bytes - own.bytes then return false end
      if one.fresh then
        one.fresh, one.known = nil, true
        origins = origins + 1
      end
      shares.add("p:" .. sender .. " " .. peer, 1, size)
      fields[5], fields[6] = "p", peer
    end
    shares.add("all", 1, size)
    shares.add("s:" .. sender, 1, size)
    redis.call("XADD", quarantine, "*", unpack(fields))
    held = held + 1
    return true
  end

  local function close()
    shares.write()
    if trimmed > 0 then redis.call("HINCRBY", books, "quarantineTrimmed", trimmed) end
  end

  return setAside, close
end
