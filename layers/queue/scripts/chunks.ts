/**
 * For scripts with the keys `stream` and `books`: how many events the stream holds, their bytes, and whether it is shared out. What somebody
 * emptied holds none, whatever was counted.
 */
export const waitingEvents = `
local function waitingEvents()
  local entries = redis.call("XLEN", stream)
  if entries == 0 then return 0, 0, false end
  local kept = redis.call("HMGET", books, "waiting", "waitingBytes", "sharing")
  return tonumber(kept[1] or entries), tonumber(kept[2] or 0), kept[3] == "1"
end
`

/**
 * Functions that let one call work on a whole batch: from a script, the call costs more than the work. Lists are handed to Redis in pieces,
 * since `unpack` is limited by the size of Lua's stack; a piece holds an even number.
 */
export const chunks = `
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
    local piece = redis.call(command, key, unpack(list, from, math.min(from + 999, #list)))
    for i = 1, #piece do answers[from + i - 1] = piece[i] end
  end
  return answers
end
`
