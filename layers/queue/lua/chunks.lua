-- Functions that work on a whole batch by one command: a call of Redis costs more than its work.
-- Lists go to Redis in chunks, since `unpack` is limited by the size of Lua's stack; a chunk holds an even number.
local function append(list, one, other)
  list[#list + 1] = one
  list[#list + 1] = other
end

local function writeAll(command, key, list)
  for from = 1, #list, 1000 do
    redis.call(command, key, unpack(list, from, math.min(from + 999, #list)))
  end
end

-- One answer for each of the list; false for none.
local function readAll(command, key, list)
  local answers = {}
  for from = 1, #list, 1000 do
    local chunk = redis.call(command, key, unpack(list, from, math.min(from + 999, #list)))
    for i = 1, #chunk do answers[from + i - 1] = chunk[i] end
  end
  return answers
end
