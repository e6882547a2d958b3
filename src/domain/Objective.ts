/** What MUTT promises in shares of 30 days. Rules of Prometheus, dashboards and the API all read this table. */
export interface Objective {
  readonly name: "intake" | "decided" | "delivered" | "settings"
  readonly title: string
  /** The least share of good ones, such as 0.999. */
  readonly target: number
  readonly good: string
}

export const objectives: ReadonlyArray<Objective> = [
  {
    name: "intake",
    title: "Intake",
    target: 0.999,
    good: "requests to the intake not answered 5xx; a full queue and a program that shuts down count against it"
  },
  { name: "decided", title: "Decided", target: 0.99, good: "events settled within 5 s of their arrival" },
  {
    name: "delivered",
    title: "Delivered",
    target: 0.99,
    good: "alerts delivered within 60 s of their event's arrival, without the time the circuit breaker was open"
  },
  { name: "settings", title: "Settings", target: 0.999, good: "changes in force in every program within 1 s" }
]

/** Days over which the budget is counted. */
export const objectiveDays = 30
