-- Functions that do an operation once. Without a name it is one that nobody asks for again.

-- What the operation moved when it was done before.
local function movedBefore()
  local known = operation ~= "" and redis.call("HGET", moves, operation)
  if not known then return false end
  -- Who waits for replicas shall wait for what was written before.
  redis.call("HSET", moves, operation, known)
  return cjson.decode(known)
end

local function remember(moved)
  if operation == "" then return moved end
  redis.call("HSET", moves, operation, cjson.encode(moved))
  redis.call("ZADD", movesAt, now, operation)
  local old = redis.call("ZRANGEBYSCORE", movesAt, "-inf", now - operationKeptMs, "LIMIT", 0, 100)
  if #old > 0 then
    redis.call("HDEL", moves, unpack(old))
    redis.call("ZREM", movesAt, unpack(old))
  end
  return moved
end
