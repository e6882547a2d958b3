-- Says where an alert is: nothing, or when it is due (empty while it waits behind another), its tries, the lease it is
-- claimed by (or empty), its signature and its attempts.
local kept = redis.call("HMGET", alerts, "s:" .. id, "a:" .. id)
if not kept[1] then return {} end
local tries, lease, signature = string.match(kept[1], "^(%d+):([^:]*):(.*)$")
local due = redis.call("ZMSCORE", alertsDue, id)[1]
return { due or "", tries, lease, signature, kept[2] or "" }
