-- Takes over entries from `from` on that somebody has held for `idle` milliseconds, no more than `count` events may be
-- in. Returns where to go on, then the entries; a call looks at a bounded number of them.
local most = math.ceil(count / entryEvents)
local reply = redis.call("XAUTOCLAIM", stream, consumerGroup, consumer, idle, from, "COUNT", most)
addFound(reply[2])
return { reply[1], found }
