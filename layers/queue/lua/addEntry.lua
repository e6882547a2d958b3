-- Makes an entry of the stream. `text` holds `size` events, a line each.
local function addEntry(size, text)
  if size == 1 then
    redis.call("XADD", stream, "*", "e", text)
  else
    redis.call("XADD", stream, "*", "e", text, "n", size)
  end
end
