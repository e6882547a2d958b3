return { string.format("%.0f", now), redis.call("HGETALL", rates) }
