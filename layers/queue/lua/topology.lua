-- Raises the format of the queue, where it is lower or nobody has said it yet. Returns it, and the release that wrote it.
local format = tonumber(redis.call("HGET", topology, "format") or 0)
if raise > format then
  redis.call("HSET", topology, "format", raise, "release", release)
  return { raise, release }
end
return { format, redis.call("HGET", topology, "release") or "" }
