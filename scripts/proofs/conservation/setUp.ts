import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Handling } from "../../../src/domain/Rule.ts"
import { request } from "../../../test/support/request.ts"
import { words } from "./Ledger.ts"

/** Alerts that a forwarder has under way at most. */
export const concurrency = 4

/**
 * What a run needs to be short: what a killed program held, and failed deliveries, are taken up again within seconds.
 */
export const impatience = {
  ALERTER_JANITOR_TIMEOUT: "2",
  JANITOR_INTERVAL: "1",
  MOOG_CONCURRENCY: String(concurrency),
  MOOG_LEASE_MARGIN: "2",
  MOOG_WEBHOOK_TIMEOUT: "1",
  MOOG_RETRY_BASE_DELAY: "0.2",
  MOOG_RETRY_MAX_DELAY: "2"
}

/** Longer than anything is held for: an alert by a forwarder (the sum of two of the above), an event by an alerter. */
export const longerThanLeasesMs = 4_000

export const settings = {
  moog_rate_limit: 5_000,
  circuit_breaker_timeout: 1,
  unhandled_threshold: 50,
  unhandled_expiry_seconds: 60
}

/** By falling priority. */
export interface StackRule {
  readonly type: "contains" | "regex"
  readonly match: string
  readonly handling: Handling
}

export const conservationRules: ReadonlyArray<StackRule> = [
  { type: "contains", match: words.refused, handling: "Page_only" },
  { type: "contains", match: words.forwarded, handling: "Page_and_ticket" },
  { type: "contains", match: words.suppressed, handling: "Suppress" }
]

export const storeRules = (rules: ReadonlyArray<StackRule>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    for (const [priority, { handling, match, type }] of rules.entries()) {
      yield* sql`INSERT INTO alert_rules ${
        sql.insert({
          match_type: type,
          match_string: match,
          priority,
          prod_handling: handling,
          dev_handling: handling,
          team_assignment: "NETO"
        })
      }`
    }
  })

export const configure = (webUi: string, key: string, settings: Readonly<Record<string, string | number>>) =>
  Effect.forEach(
    Object.entries(settings),
    ([name, value]) =>
      request(`${webUi}/api/v1/config/${name}`, {
        method: "PUT",
        headers: { "x-api-key": key, "content-type": "application/json" },
        body: JSON.stringify({ value, reason: "a short run" })
      }).pipe(
        Effect.filterOrFail(({ ok }) => ok, ({ status }) => new Error(`the setting ${name} was answered ${status}`))
      ),
    { discard: true }
  )
