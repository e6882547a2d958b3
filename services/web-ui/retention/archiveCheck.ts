import { Effect } from "effect"
import type { ArchiveReason } from "../../../layers/archive/ArchiveStore.ts"
import type { Check, CheckResult } from "../../../layers/http/HealthCheck.ts"
import { EventArchiver } from "./EventArchiver.ts"

/** Anybody may ask: places and names of keys are for the log. */
const words: Readonly<Record<ArchiveReason | "database", string>> = {
  unset: "the store or its key is not set",
  credentials: "the store takes no key",
  denied: "the right to it is missing",
  absent: "there is no such folder or bucket",
  gone: "an object of it is gone",
  taken: "a name is taken",
  unreachable: "the store does not answer",
  busy: "the store is busy",
  unsupported: "the store does not know what is asked of it",
  damaged: "it is not read as it was written",
  lost: "another process archives",
  failed: "it failed",
  database: "PostgreSQL failed"
}

/** Days of events are archived, where that is wanted. Not required: they wait in PostgreSQL, which keeps them. */
export const archiveCheck = Effect.map(EventArchiver, ({ failure }): Check => ({
  name: "archive",
  required: false,
  check: Effect.map(failure, (reason): CheckResult =>
    reason === undefined
      ? { state: "ok" }
      : { state: "degraded", detail: `events are not archived: ${words[reason]}, see the log` })
}))
