-- Reads alerts as `id state due tries signature payload attempts` each; `due` is empty while one waits behind another.
local function alertRows(ids, dues)
  local wanted = {}
  for index, id in ipairs(ids) do
    wanted[3 * index - 2], wanted[3 * index - 1], wanted[3 * index] = "s:" .. id, "p:" .. id, "a:" .. id
  end
  local kept, rows = readAll("HMGET", alerts, wanted), {}
  for index, id in ipairs(ids) do
    local at = 3 * index - 2
    if kept[at] then
      local tries, lease, signature = string.match(kept[at], "^(%d+):([^:]*):(.*)$")
      local due, state = dues[index], "waiting"
      if due and tonumber(due) > now then state = lease == "" and "parked" or "claimed" end
      append(rows, id, state)
      append(rows, due or "", tries)
      append(rows, signature, kept[at + 1] or "")
      rows[#rows + 1] = kept[at + 2] or ""
    end
  end
  return rows
end
