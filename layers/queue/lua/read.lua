-- Returns new entries, whole, until they hold `count` events.
repeat
  -- No more entries than may be needed, were all of them full.
  local most = math.ceil((count - foundEvents) / entryEvents)
  local reply = redis.call("XREADGROUP", "GROUP", consumerGroup, consumer, "COUNT", most, "STREAMS", stream, ">")
  local entries = reply and reply[1][2] or {}
  addFound(entries)
until #entries < most or foundEvents >= count
return found
