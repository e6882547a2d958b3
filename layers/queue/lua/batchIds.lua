-- Functions that know the batches stored under an id. A few of those that are too old go with each new one.

-- What is known of an id: the content it came with, the depth then, and the digits of records over their share. What
-- waits for replicas shall wait for this too, so it is written again.
local function batchBefore(id)
  local known = redis.call("HGET", batchIds, id)
  if not known then return end
  redis.call("HSET", batchIds, id, known)
  return string.match(known, "^(%S*) (%d+) (%d*)$")
end

local function rememberBatch(id, content, depth, digits)
  redis.call("HSET", batchIds, id, string.format("%s %.0f %s", content, depth, digits))
  redis.call("ZADD", batchIdsAt, now, id)
  local old = redis.call("ZRANGEBYSCORE", batchIdsAt, "-inf", now - batchIdKeptMs, "LIMIT", 0, 100)
  if #old == 0 and redis.call("ZCARD", batchIdsAt) > batchIdLimit then
    old = redis.call("ZRANGE", batchIdsAt, 0, 0)
  end
  if #old == 0 then return end
  redis.call("HDEL", batchIds, unpack(old))
  redis.call("ZREM", batchIdsAt, unpack(old))
end
