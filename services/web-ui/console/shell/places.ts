/** The pages, in the order of the menu, with the letter that follows `g`. */
export const places = [
  { path: "/overview", title: "Overview", letter: "o", group: "watch" },
  { path: "/events", title: "Events", letter: "e", group: "watch" },
  { path: "/alerts", title: "Alerts", letter: "a", group: "watch" },
  { path: "/dead-letters", title: "Dead letters", letter: "d", group: "watch" },
  { path: "/rules", title: "Rules", letter: "r", group: "decide" },
  { path: "/silences", title: "Silences", letter: "s", group: "decide" },
  { path: "/hosts", title: "Hosts & teams", letter: "h", group: "decide" },
  { path: "/settings", title: "Settings", letter: "c", group: "run" },
  { path: "/rotation", title: "Rotation", letter: "t", group: "run" },
  { path: "/keys", title: "Keys", letter: "k", group: "run" },
  { path: "/audit", title: "Audit", letter: "u", group: "check" },
  { path: "/fleet", title: "Fleet", letter: "f", group: "check" }
] as const
export type Place = (typeof places)[number]
