import type { Effect } from "effect"

/** The state of one thing a program stands on. */
export interface CheckResult {
  readonly state: "ok" | "degraded" | "down"
  /** How old the newest good news is. */
  readonly ageMs?: number | undefined
  /** For people; holds no secret. */
  readonly detail?: string | undefined
}

/** `down` of a required check makes `/readyz` answer 503. A check never fails and answers within two seconds. */
export interface Check {
  readonly name: string
  readonly required: boolean
  readonly check: Effect.Effect<CheckResult>
}
