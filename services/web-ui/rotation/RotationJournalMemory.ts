import { Clock, Effect, Layer } from "effect"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { draftOf } from "./journalAudit.ts"
import {
  type Author,
  JournalUnavailable,
  RotationBusy,
  type RotationEntry,
  RotationIsOpen,
  RotationJournal,
  RotationLost,
  type RotationRecord
} from "./RotationJournal.ts"

/** Keeps everything in memory. */
export const RotationJournalMemory = Layer.effect(
  RotationJournal,
  Effect.gen(function*() {
    const audit = yield* ConfigAudit
    const rotations: Array<RotationRecord> = []
    const entries: Array<RotationEntry & { readonly id: number }> = []
    const driverSeen = new Map<number, number>()
    const locks = new Set<string>()

    const now = Effect.map(Clock.currentTimeMillis, (ms) => new Date(ms).toISOString())
    const shown = (record: RotationRecord, ms: number): RotationRecord =>
      record.driver === null ? record : {
        ...record,
        driver: { ...record.driver, ageMs: ms - (driverSeen.get(record.id) ?? ms) }
      }
    const position = (id: number) => rotations.findIndex((one) => one.id === id)

    const enter = Effect.fnUntraced(function*(
      before: RotationRecord | undefined,
      after: RotationRecord,
      entry: Pick<RotationEntry, "step" | "phase" | "forced" | "detail">,
      author: Author
    ) {
      const seq = entries.filter(({ id }) => id === after.id).length + 1
      const { actor: by, reason } = author
      entries.push({ id: after.id, seq, state: after.state, by, at: yield* now, reason, ...entry })
      yield* Effect.mapError(
        audit.record(draftOf(before, after, entry, author)),
        ({ detail }) => new JournalUnavailable({ detail })
      )
    })

    const change = Effect.fnUntraced(function*(rotation: RotationRecord, to: Partial<RotationRecord>) {
      const at = position(rotation.id)
      const there = rotations[at]
      if (there === undefined || there.attempt !== rotation.attempt || there.closedAt !== null) {
        return yield* new RotationLost({ secret: rotation.secret })
      }
      const after: RotationRecord = { ...there, ...to, changedAt: yield* now }
      rotations[at] = after
      return after
    })

    return RotationJournal.of({
      newest: Effect.map(
        Clock.currentTimeMillis,
        (ms) => [...new Map(rotations.map((one) => [one.secret, shown(one, ms)])).values()]
      ),
      find: (secret) =>
        Effect.map(Clock.currentTimeMillis, (ms) => {
          const found = rotations.findLast((one) => one.secret === secret)
          return found === undefined ? undefined : shown(found, ms)
        }),
      entries: (id) => Effect.sync(() => entries.filter((one) => one.id === id)),
      open: Effect.fnUntraced(function*(secret, kind, author) {
        if (rotations.some((one) => one.secret === secret && one.closedAt === null)) {
          return yield* new RotationIsOpen({ secret })
        }
        const at = yield* now
        const made: RotationRecord = {
          id: rotations.length + 1,
          secret,
          kind,
          state: "STEADY",
          direction: "forward",
          pending: "stage",
          attempt: 1,
          openedBy: author.actor,
          reason: author.reason,
          openedAt: at,
          changedAt: at,
          closedAt: null,
          outcome: null,
          driver: null,
          stopped: null
        }
        rotations.push(made)
        yield* enter(undefined, made, { step: "stage", phase: "intent", forced: null, detail: "" }, author)
        return made
      }),
      intend: Effect.fnUntraced(function*(rotation, step, author, forced) {
        const after = yield* change(rotation, {
          pending: step,
          attempt: rotation.attempt + 1,
          stopped: null
        })
        yield* enter(rotation, after, { step, phase: "intent", forced, detail: "" }, author)
        return after
      }),
      fenced: (rotation) => (work) =>
        Effect.gen(function*() {
          if (rotations[position(rotation.id)]?.attempt !== rotation.attempt) {
            return yield* new RotationLost({ secret: rotation.secret })
          }
          return yield* work
        }),
      done: Effect.fnUntraced(function*(rotation, { detail, ...to }, author) {
        if (rotation.pending === null) return yield* new RotationLost({ secret: rotation.secret })
        const closedAt = to.outcome === null ? null : yield* now
        const after = yield* change(rotation, { ...to, pending: null, closedAt })
        yield* enter(rotation, after, { step: rotation.pending, phase: "done", forced: null, detail }, author)
        return after
      }),
      failed: (rotation, author, detail) =>
        enter(rotation, rotation, { step: rotation.pending ?? "stage", phase: "failed", forced: null, detail }, author),
      driven: (id, driver, stopped) =>
        Effect.map(Clock.currentTimeMillis, (ms) => {
          const at = position(id)
          const there = rotations[at]
          if (there === undefined) return
          driverSeen.set(id, ms)
          rotations[at] = { ...there, driver: driver === null ? null : { instance: driver, ageMs: 0 }, stopped }
        }),
      exclusively: (secret) => (work) =>
        Effect.acquireUseRelease(
          Effect.suspend(() => {
            if (locks.has(secret)) return Effect.fail(new RotationBusy({ secret }))
            locks.add(secret)
            return Effect.void
          }),
          () => work,
          () => Effect.sync(() => locks.delete(secret))
        )
    })
  })
)
