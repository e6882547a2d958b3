-- Functions that keep the alerts of one signature in order.
--
-- The first alert of a signature is in `alertsDue`, and `h:<signature>` says how many wait behind it; mostly none does,
-- and nothing more is to do. Those that wait are in `alertsWaiting` under the SHA-1 of their signature, which is of one
-- width whatever a signature holds.

-- Adds alerts that are new here, each { id, signature, payload, attempts or nil }.
local function enqueueAlerts(fresh)
  local behindFields = {}
  for i, alert in ipairs(fresh) do behindFields[i] = "h:" .. alert[2] end
  local behindBefore = readAll("HMGET", alerts, behindFields)
  local behind, due, waiting, fields = {}, {}, {}, {}
  for i, alert in ipairs(fresh) do
    local id, signature = alert[1], alert[2]
    local ahead = behind[signature] or tonumber(behindBefore[i])
    if ahead then
      behind[signature] = ahead + 1
      waiting[#waiting + 1] = alert
    else
      behind[signature] = 0
      append(due, now, id)
    end
    append(fields, "p:" .. id, alert[3])
    append(fields, "s:" .. id, "0::" .. signature)
    if alert[4] then append(fields, "a:" .. id, alert[4]) end
  end
  for signature, count in pairs(behind) do append(fields, "h:" .. signature, count) end
  if #waiting > 0 then
    local sequence = redis.call("HINCRBY", alerts, "sequence", #waiting) - #waiting
    local members = {}
    for i, alert in ipairs(waiting) do
      append(members, 0, string.format("%s:%016.0f:%s", redis.sha1hex(alert[2]), sequence + i, alert[1]))
    end
    writeAll("ZADD", alertsWaiting, members)
  end
  writeAll("ZADD", alertsDue, due)
  writeAll("HSET", alerts, fields)
end

-- Enqueues each alert once. Of each: true, or false when its id is here or was enqueued a short while ago.
local function enqueueNewAlerts(batch)
  local ids, states = {}, {}
  for i, alert in ipairs(batch) do
    ids[i], states[i] = alert[1], "s:" .. alert[1]
  end
  local recent, earlier = readAll("SMISMEMBER", alertsRecent, ids), readAll("SMISMEMBER", alertsEarlier, ids)
  local here = readAll("HMGET", alerts, states)
  local fresh, isNew, seen, newest = {}, {}, {}, {}
  for i, alert in ipairs(batch) do
    local id = alert[1]
    isNew[i] = recent[i] == 0 and earlier[i] == 0 and not (here[i] or seen[id])
    seen[id] = true
    if isNew[i] then
      fresh[#fresh + 1] = alert
      newest[#newest + 1] = id
    end
  end
  if #fresh == 0 then return isNew end
  enqueueAlerts(fresh)
  writeAll("SADD", alertsRecent, newest)
  if redis.call("SCARD", alertsRecent) >= recentLimit then
    -- Freed in the background, which a RENAME onto it would not do.
    redis.call("UNLINK", alertsEarlier)
    redis.call("RENAME", alertsRecent, alertsEarlier)
  end
  return isNew
end

-- Removes the first alert of a signature. The next may be claimed at once.
local function removeAlert(id, signature)
  local behindField = "h:" .. signature
  redis.call("ZREM", alertsDue, id)
  if tonumber(redis.call("HGET", alerts, behindField)) == 0 then
    redis.call("HDEL", alerts, "p:" .. id, "s:" .. id, "a:" .. id, behindField)
    return
  end
  redis.call("HDEL", alerts, "p:" .. id, "s:" .. id, "a:" .. id)
  redis.call("HINCRBY", alerts, behindField, -1)
  local hash = redis.sha1hex(signature)
  local from, to = "[" .. hash .. ":", "(" .. hash .. ";"
  local following = redis.call("ZRANGE", alertsWaiting, from, to, "BYLEX", "LIMIT", 0, 1)[1]
  redis.call("ZREM", alertsWaiting, following)
  -- 40 digits of the hash, 16 of the sequence, and a colon after each.
  redis.call("ZADD", alertsDue, now, string.sub(following, 59))
end

-- Tries, lease and signature.
local function stateOf(id)
  local state = redis.call("HGET", alerts, "s:" .. id)
  if state then return string.match(state, "^(%d+):([^:]*):(.*)$") end
end
