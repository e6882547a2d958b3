import type { ProcessReport } from "../../../src/domain/ProcessReport.ts"

/** What a process of that release says of itself when all is well. */
export const processReport = (version: string): ProcessReport => ({
  version,
  build: null,
  runtime: "node 24.21.0",
  started_at: "2026-08-22T09:00:00.000Z",
  state: "ready",
  checks: { redis: { state: "ok", required: true } },
  memory_bytes: 80_000_000,
  events_per_second: null,
  silences_version: null
})
