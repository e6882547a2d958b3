-- Returns those of the alerts that are on their way.
local wanted, dues = {}, {}
for index = 1, ids do wanted[index] = nextId() end
if #wanted > 0 then dues = readAll("ZMSCORE", alertsDue, wanted) end
return alertRows(wanted, dues)
