-- Counts what each origin holds of the quarantine. An empty quarantine holds nothing, whatever was counted.
local function openQuarantineShares()
  local shares = {}

  local function of(name)
    local share = shares[name]
    if not share then
      local kept = redis.call("HGET", quarantineShares, name)
      local records, bytes = string.match(kept or "0 0", "^(%d+) (%d+)$")
      share = { records = tonumber(records), bytes = tonumber(bytes), known = kept }
      shares[name] = share
    end
    return share
  end

  local function add(name, records, bytes)
    local share = of(name)
    share.records, share.bytes = math.max(0, share.records + records), math.max(0, share.bytes + bytes)
    share.changed = true
  end

  -- Deletes an entry. One of an earlier release does not say whose it is and was not counted.
  local function release(entry)
    local fields = {}
    for index = 1, #entry[2], 2 do fields[entry[2][index]] = entry[2][index + 1] end
    redis.call("XDEL", quarantine, entry[1])
    redis.call("HDEL", quarantineRereads, entry[1])
    if not fields.s then return end
    add("all", -1, -#fields.e)
    add("s:" .. fields.s, -1, -#fields.e)
    if fields.p then add("p:" .. fields.s .. " " .. fields.p, -1, -#fields.e) end
  end

  local function forget()
    redis.call("DEL", quarantineShares)
    shares = {}
  end

  local function write()
    if redis.call("XLEN", quarantine) == 0 then return redis.call("DEL", quarantineShares, quarantineRereads) end
    for name, share in pairs(shares) do
      if share.changed and share.records == 0 then
        redis.call("HDEL", quarantineShares, name)
      elseif share.changed then
        redis.call("HSET", quarantineShares, name, string.format("%.0f %.0f", share.records, share.bytes))
      end
    end
  end

  return { of = of, add = add, release = release, forget = forget, write = write }
end
