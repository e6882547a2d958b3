-- Remembers what an operation set out to do. Returns it as it was when the operation was asked for first.
local before = movedBefore()
if before then return before end

local plan = {}
for index = 1, parts do plan[index] = nextPart() end
return remember(plan)
