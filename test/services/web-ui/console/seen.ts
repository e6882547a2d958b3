import type { Fleet, FleetProcess } from "../../../../src/api/web-ui/Fleet.ts"
import type { Flow, FlowPoint } from "../../../../src/api/web-ui/Flow.ts"
import type { BooksView } from "../../../../src/api/web-ui/Overview.ts"
import { Program } from "../../../../src/domain/Settings.ts"

const at = "2026-03-01T04:05:06.000Z"

export const process = (parts: Partial<FleetProcess> = {}): FleetProcess => ({
  program: "ingestor",
  instance: "one",
  version: "3.0.0",
  build: null,
  runtime: "node 24.21.0",
  started_at: at,
  state: "ready",
  checks: { redis: { state: "ok", required: true } },
  checked_at: at,
  settings: { epoch: "e", version: 7, ok: true, reason: null },
  rules: null,
  silences_version: null,
  secrets_stale: false,
  memory_bytes: 1_000_000,
  events_per_second: 0,
  last_seen: at,
  ...parts
})

/** One of each program, all well. */
export const fleet = (parts: Partial<Fleet> = {}): Fleet => ({
  as_of: at,
  reports_unavailable: null,
  processes: Program.literals.map((program) => process({ program })),
  addresses: [],
  ...parts
})

export const books = (parts: {
  readonly events?: Partial<BooksView["events"]>
  readonly alerts?: Partial<BooksView["alerts"]>
  readonly quarantine?: Partial<BooksView["quarantine"]>
} = {}): BooksView => ({
  balanced: true,
  events: {
    accepted: 0,
    forwarded: 0,
    suppressed: 0,
    unmatched: 0,
    waiting: 0,
    waiting_bytes: 0,
    dead: 0,
    discarded: 0,
    difference: 0,
    ...parts.events
  },
  alerts: {
    from_events: 0,
    meta: 0,
    recovered: 0,
    delivered: 0,
    waiting: 0,
    dead: 0,
    discarded: 0,
    difference: 0,
    ...parts.alerts
  },
  quarantine: {
    received: 0,
    held: 0,
    replayed: 0,
    discarded: 0,
    trimmed: 0,
    over_share: 0,
    difference: 0,
    ...parts.quarantine
  }
})

export const point = (parts: Partial<FlowPoint> = {}): FlowPoint => ({
  at,
  span_ms: 1_000,
  accepted: 0,
  forwarded: 0,
  suppressed: 0,
  unmatched: 0,
  delivered: 0,
  failed: 0,
  quarantined: 0,
  events_waiting: 0,
  alerts_waiting: 0,
  oldest_event_ms: 0,
  overdue_alert_ms: 0,
  breaker: "closed",
  tokens: 10,
  ...parts
})

export const flow = (parts: Partial<Flow> = {}): Flow => ({
  as_of: at,
  unavailable: null,
  tokens_most: 10,
  seconds: [point()],
  minutes: [],
  ...parts
})
