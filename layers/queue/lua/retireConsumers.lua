-- Deletes consumers other than `consumer` that hold nothing and have not asked for anything for `idle` milliseconds. In
-- one step with looking, since deleting a consumer also forgets what it holds.
local consumers = redis.pcall("XINFO", "CONSUMERS", stream, consumerGroup)
if consumers.err then return 0 end
local retired = 0
for _, fields in ipairs(consumers) do
  local other = {}
  for index = 1, #fields, 2 do other[fields[index]] = fields[index + 1] end
  if other.name ~= consumer and other.pending == 0 and other.idle >= idle then
    redis.call("XGROUP", "DELCONSUMER", stream, consumerGroup, other.name)
    retired = retired + 1
  end
end
return retired
