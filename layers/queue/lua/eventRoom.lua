-- Returns what there is no room in for such a batch, or nothing. It writes nothing and has no flag that says so: a
-- server that refuses writes, for want of memory or disk, refuses this too.
if depth + events <= half and bytes + weight <= halfBytes then return false end
return (fullBy(sender, events, weight)) or false
