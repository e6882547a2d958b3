-- Returns the server's time and the hash.
return { string.format("%.0f", now), redis.call("HGETALL", misread) }
