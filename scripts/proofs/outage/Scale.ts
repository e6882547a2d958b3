import { impatience } from "../conservation/setUp.ts"

/** How long something else stands at the platform's address, and what the programs are told for it. */
export interface Scale {
  /** At least; every guise has its turn. */
  readonly seconds: number
  readonly replicas: number
  /** Between two events. */
  readonly everyMs: number
  /** What one turn of a guise lasts, and how many requests must have met it by then. */
  readonly turn: { readonly ms: number; readonly requests: number }
  readonly environment: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, number>>
}

/** Not one try may count, or its alert is a dead letter. */
const noRetries = { moog_max_retries: 0, moog_rate_limit: 5_000 }

/** One turn of each guise. The breaker stays closed, so that each alert meets many. */
export const short: Scale = {
  seconds: 0,
  replicas: 1,
  everyMs: 40,
  turn: { ms: 0, requests: 2 },
  environment: impatience,
  settings: { ...noRetries, circuit_breaker_threshold: 10_000, circuit_breaker_timeout: 1 }
}

/** As MUTT is set up by default, but for retries; the breaker asks a little more often, so that every guise is met. */
export const long = (seconds: number): Scale => ({
  seconds,
  replicas: 2,
  everyMs: 200,
  turn: { ms: 7_000, requests: 1 },
  environment: {},
  settings: { ...noRetries, circuit_breaker_timeout: 2 }
})
