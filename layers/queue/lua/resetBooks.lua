-- Begins a new page of the books: what is here counts as accepted and recovered. Returns the old page and the new one.
local before = booksNow()
local waiting, bytes, sharing = waitingEvents()
local eventsDead, alerts, alertsDead, held = before[4], before[5], before[6], before[7]
redis.call("DEL", books, settled)
redis.call("HSET", books, "accepted", waiting + eventsDead, "recovered", alerts + alertsDead, "quarantined", held,
  "waiting", waiting, "waitingBytes", bytes, "sharing", sharing and 1 or 0)
beginSettled()
return { before, booksNow() }
