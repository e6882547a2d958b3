-- Returns the alerts that are the first of their signature, by the time from which they may be claimed and then by id,
-- after those of this time and id.
local ids, dues, offset, more = {}, {}, 0, true
while more and #ids < limit do
  local some = redis.call("ZRANGE", alertsDue, score, "+inf", "BYSCORE", "LIMIT", offset, limit, "WITHSCORES")
  for index = 1, #some, 2 do
    if #ids < limit and (tonumber(some[index + 1]) > score or some[index] > after) then
      append(ids, some[index])
      append(dues, some[index + 1])
    end
  end
  offset, more = offset + limit, #some > 0
end
return alertRows(ids, dues)
