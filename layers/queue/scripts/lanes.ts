import type { QueueKeys } from "../keys.ts"
import { recentLimit } from "../limits.ts"
import { pieces } from "./pieces.ts"

/** The keys that the functions of `lanes` touch. */
export const laneKeys: ReadonlyArray<keyof QueueKeys> = ["alerts", "alertsDue", "alertsLanes", "alertsRecent"]

/**
 * Functions that keep alerts in order, for the scripts that move them.
 *
 * A lane is the SHA-1 of a signature: of fixed width, whatever the signature holds. All alerts of a lane, its head included, are in
 * `alertsLanes`; the head alone is in `alertsDue`.
 */
export const lanes = `
${pieces}
local function head(lane)
  local first = redis.call("ZRANGE", alertsLanes, "[" .. lane .. ":", "(" .. lane .. ";", "BYLEX", "LIMIT", 0, 1)[1]
  -- 40 digits of the lane, 16 of the sequence, and a colon after each.
  return first and string.sub(first, 59)
end

local function joinLane(id, lane, payload, attempts)
  local sequence = string.format("%016.0f", redis.call("HINCRBY", alerts, "sequence", 1))
  if not head(lane) then redis.call("ZADD", alertsDue, now, id) end
  redis.call("ZADD", alertsLanes, 0, lane .. ":" .. sequence .. ":" .. id)
  redis.call("HSET", alerts, "p:" .. id, payload, "s:" .. id, lane .. ":" .. sequence .. ":0:")
  if attempts ~= "" then redis.call("HSET", alerts, "a:" .. id, attempts) end
  return tonumber(sequence)
end

-- Of each alert { id, signature, payload }: true, or false when the same id is here or was handed over a short while ago.
local function handOver(batch)
  local ids, states = {}, {}
  for i, alert in ipairs(batch) do
    ids[i], states[i] = alert[1], "s:" .. alert[1]
  end
  local recent, here = readAll("ZMSCORE", alertsRecent, ids), readAll("HMGET", alerts, states)
  local fresh, done, seen = {}, {}, {}
  for i, alert in ipairs(batch) do
    local id = alert[1]
    done[i] = not (recent[i] or here[i] or seen[id])
    seen[id] = true
    if done[i] then fresh[#fresh + 1] = alert end
  end
  if #fresh == 0 then return done end

  local sequence = redis.call("HINCRBY", alerts, "sequence", #fresh) - #fresh
  local due, members, fields, newest, busy = {}, {}, {}, {}, {}
  for _, alert in ipairs(fresh) do
    local id, lane = alert[1], redis.sha1hex(alert[2])
    sequence = sequence + 1
    local place = lane .. ":" .. string.format("%016.0f", sequence) .. ":"
    if not busy[lane] and not head(lane) then append(due, now, id) end
    busy[lane] = true
    append(members, 0, place .. id)
    append(fields, "p:" .. id, alert[3])
    append(fields, "s:" .. id, place .. "0:")
    append(newest, sequence, id)
  end
  writeAll("ZADD", alertsDue, due)
  writeAll("ZADD", alertsLanes, members)
  writeAll("HSET", alerts, fields)
  writeAll("ZADD", alertsRecent, newest)
  local excess = redis.call("ZCARD", alertsRecent) - ${recentLimit}
  if excess > 0 then redis.call("ZREMRANGEBYRANK", alertsRecent, 0, excess - 1) end
  return done
end

-- The next of the lane may be claimed at once.
local function leaveLane(id, lane, sequence)
  redis.call("HDEL", alerts, "p:" .. id, "s:" .. id, "a:" .. id)
  redis.call("ZREM", alertsDue, id)
  redis.call("ZREM", alertsLanes, lane .. ":" .. sequence .. ":" .. id)
  local following = head(lane)
  if following then redis.call("ZADD", alertsDue, "NX", now, following) end
end

local function stateOf(id)
  local state = redis.call("HGET", alerts, "s:" .. id)
  if state then return string.match(state, "^(%x+):(%d+):(%d+):(.*)$") end
end
`
