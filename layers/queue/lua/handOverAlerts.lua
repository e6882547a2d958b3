-- Hands alerts of the record over again, if fewer than `room` wait. Returns how many wait then, and how many were new
-- here; nothing more than the first where there was no room.
local waiting = redis.call("ZCARD", alertsDue) + redis.call("ZCARD", alertsWaiting)
if waiting >= room then return { waiting } end
local batch, fresh = {}, 0
for index = 1, alertCount do batch[index] = { nextAlert() } end
for _, isNew in ipairs(enqueueNewAlerts(batch)) do
  if isNew then fresh = fresh + 1 end
end
if fresh > 0 then redis.call("HINCRBY", books, "recovered", fresh) end
return { waiting + fresh, fresh }
