/** Names of what changes all the time and means nothing by itself. */
const unremarkable = new Set(["age_ms", "as_of", "checked_at", "events_per_second", "last_seen", "memory_bytes"])

/** What is left of a view when nothing remarkable changed: it is told at once when this is another one. */
export const notable = (view: unknown): unknown =>
  Array.isArray(view)
    ? view.map(notable)
    : typeof view === "object" && view !== null
    ? Object.fromEntries(
      Object.entries(view).flatMap(([name, value]) => unremarkable.has(name) ? [] : [[name, notable(value)]])
    )
    : view
