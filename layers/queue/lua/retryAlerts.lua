-- Makes parked alerts due now. Returns the ids of those that were parked: what is due, claimed or gone stays as it is.
local retried = {}
for _ = 1, ids do
  local id = nextId()
  local tries, lease = stateOf(id)
  local at = tries and lease == "" and redis.call("ZMSCORE", alertsDue, id)[1]
  if at and tonumber(at) > now then
    redis.call("ZADD", alertsDue, now, id)
    retried[#retried + 1] = id
  end
end
return retried
