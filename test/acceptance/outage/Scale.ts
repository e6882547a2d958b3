import { impatience } from "../conservation/setUp.ts"

/** How long something else stands at the platform's address, and what the programs are told for it. */
export interface Scale {
  readonly seconds: number
  /** Between two events. */
  readonly everyMs: number
  /** How long one guise is kept. */
  readonly guiseMs: number
  readonly environment: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, number>>
}

/** Not one try may count, or its alert is a dead letter. */
const noRetries = { moog_max_retries: 0, moog_rate_limit: 5_000 }

/** The breaker stays closed, so that in a few seconds each alert meets many guises. */
export const short: Scale = {
  seconds: 6,
  everyMs: 40,
  guiseMs: 300,
  environment: impatience,
  settings: { ...noRetries, circuit_breaker_threshold: 10_000, circuit_breaker_timeout: 1 }
}

/** As MUTT is set up by default, but for retries; the breaker asks a little more often, so that every guise is met. */
export const long = (seconds: number): Scale => ({
  seconds,
  everyMs: 200,
  guiseMs: 7_000,
  environment: {},
  settings: { ...noRetries, circuit_breaker_timeout: 2 }
})
