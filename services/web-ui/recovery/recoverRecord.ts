import { Clock, Effect } from "effect"
import { type AuditRecord, EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventLookup } from "../../../layers/audit/EventLookup.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { type PlacedAlert, WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import { unavailable } from "../http/unavailable.ts"
import { recordOfAlert } from "./recordOfAlert.ts"

/** Alerts read at a time. */
const atOnce = 200

/** Where alerts are, in the order they are read: one that moves meanwhile moves to where it is read later. */
const kinds = ["behind", "due", "dead"] as const

/** Which of them are read, and after which one. */
export interface RecordPlace {
  readonly kind: typeof kinds[number]
  readonly after?: string | undefined
}

export const firstPlace: RecordPlace = { kind: "behind" }

export const writeRecordPlace = ({ after = "", kind }: RecordPlace): string => `${kind}:${after}`

export const readRecordPlace = (text: string): RecordPlace | undefined => {
  const [name = "", ...rest] = text.split(":")
  const kind = kinds.find((one) => one === name)
  const after = rest.join(":")
  const isReadable = kind !== "dead" || after === "" || /^\d{1,15}-\d{1,15}$/.test(after)
  return kind === undefined || !isReadable ? undefined : after === "" ? { kind } : { kind, after }
}

/** What is done by now, and where to go on. */
export interface RecordProgress {
  written: number
  there: number
  meta: number
  unreadable: number
  place: RecordPlace | undefined
}

interface AlertsRead {
  readonly payloads: ReadonlyArray<string>
  readonly last: string | undefined
}

/**
 * Writes the rows of alerts that Redis has and the record has not, page by page until the time is over, and notes after
 * each what is done. A row that is there stays as it is.
 */
export const makeRecoverRecord = Effect.gen(function*() {
  const audit = yield* EventAudit
  const lookup = yield* EventLookup
  const waiting = yield* WaitingAlerts
  const letters = yield* DeadLetters

  const read = ({ after, kind }: RecordPlace) =>
    kind === "dead"
      ? Effect.map(letters.scan("alerts", atOnce, { after }), (found): AlertsRead => ({
        payloads: found.map(({ payload }) => payload),
        last: found.at(-1)?.entryId
      }))
      : Effect.map(waiting[kind](atOnce, after), readOf)

  const isThere = ({ event: { id, timestamp } }: AuditRecord) =>
    Effect.map(lookup.find({ id, timestamp }), (row) => row !== undefined)

  /** Says how many could be stored. One that the database refuses does not keep the others out. */
  const store = (records: ReadonlyArray<AuditRecord>) =>
    audit.record(records).pipe(
      Effect.as(records.length),
      Effect.catchIf(({ reason }) => reason === "data", () =>
        Effect.map(
          Effect.forEach(records, (one) =>
            audit.record([one]).pipe(
              Effect.as(1),
              Effect.catchIf(({ reason }) => reason === "data", () =>
                Effect.as(
                  Effect.annotateLogs(Effect.logWarning("A row that was lost cannot be written anew."), {
                    eventId: one.event.id
                  }),
                  0
                ))
            )),
          (counts) => counts.filter((count) => count === 1).length
        ))
    )

  return Effect.fnUntraced(function*(progress: RecordProgress, dryRun: boolean, mostMs: number) {
    const clock = yield* Clock.Clock
    const ends = clock.monotonicTimeNanosUnsafe() + BigInt(mostMs) * 1_000_000n
    while (progress.place !== undefined) {
      const { last, payloads } = yield* read(progress.place)
      const found = payloads.map(recordOfAlert)
      const records = found.filter((one) => typeof one !== "string")
      const [missing, written] = yield* Effect.gen(function*() {
        const there = yield* Effect.forEach(records, isThere, { concurrency: 2 })
        const missing = records.filter((_, index) => there[index] !== true)
        return [missing, dryRun ? missing.length : yield* store(missing)] as const
      }).pipe(Effect.catch(unavailable("event audit")))
      progress.written += written
      progress.there += records.length - missing.length
      progress.meta += found.filter((one) => one === "meta").length
      progress.unreadable += found.filter((one) => one === "unreadable").length + missing.length - written
      progress.place = nextPlace(progress.place, payloads.length < atOnce ? undefined : last)
      if (clock.monotonicTimeNanosUnsafe() >= ends) break
      yield* Effect.yieldNow
    }
    return progress
  })
})

const readOf = (found: ReadonlyArray<PlacedAlert>): AlertsRead => ({
  payloads: found.map(({ alert }) => alert.payload),
  last: found.at(-1)?.place
})

const nextPlace = ({ kind }: RecordPlace, last: string | undefined): RecordPlace | undefined => {
  if (last !== undefined) return { kind, after: last }
  const following = kinds[kinds.indexOf(kind) + 1]
  return following === undefined ? undefined : { kind: following }
}
