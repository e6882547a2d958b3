/** The form of a new rule, filled from an event, which its tester holds. */
export const ruleFrom = (ref: string) => ({ to: "/rules", search: { open: "new", draft: ref } }) as const

/** The form of a new silence for a host. */
export const silenceFor = (hostname: string) => ({ to: "/silences", search: { new: hostname } }) as const

/** Everything of a host around this time. */
export const eventsOf = (hostname: string) => ({ to: "/events", search: { host: hostname, from: "-24h" } }) as const
