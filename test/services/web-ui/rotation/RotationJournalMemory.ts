import { Clock, Effect, Layer } from "effect"
import { makeRotationJournal, takenBySomebody } from "../../../../services/web-ui/rotation/makeRotationJournal.ts"
import { RotationJournal } from "../../../../services/web-ui/rotation/RotationJournal.ts"
import type { RotationEntry, RotationRecord } from "../../../../src/domain/Rotation.ts"

/** Keeps everything in memory. */
export const RotationJournalMemory = Layer.effect(
  RotationJournal,
  Effect.suspend(() => {
    const rotations = new Map<number, RotationRecord>()
    const entries: Array<RotationEntry & { readonly id: number }> = []
    const driverSeen = new Map<number, number>()
    const locks = new Set<string>()

    const now = Effect.map(Clock.currentTimeMillis, (ms) => new Date(ms).toISOString())
    const all = () => [...rotations.values()]
    const store = (record: RotationRecord): RotationRecord => {
      rotations.set(record.id, record)
      return record
    }

    return makeRotationJournal({
      find: (secret) =>
        Effect.map(Clock.currentTimeMillis, (ms) => {
          const found = all().findLast((one) => one.secret === secret)
          return found === undefined || found.driver === null
            ? found
            : { ...found, driver: { ...found.driver, ageMs: ms - (driverSeen.get(found.id) ?? ms) } }
        }),
      entries: (id) => Effect.sync(() => entries.filter((one) => one.id === id)),
      insert: (secret, kind, { actor, reason }) =>
        Effect.map(
          now,
          (at) =>
            all().some((one) => one.secret === secret && one.closedAt === null) ? undefined : store({
              id: rotations.size + 1,
              secret,
              kind,
              state: "STEADY",
              direction: "forward",
              pending: "stage",
              attempt: 1,
              openedBy: actor,
              reason,
              openedAt: at,
              changedAt: at,
              closedAt: null,
              outcome: null,
              driver: null,
              stopped: null
            })
        ),
      update: ({ attempt, id, pending }, to) =>
        Effect.map(now, (at) => {
          const there = rotations.get(id)
          if (there?.attempt !== attempt || there.pending !== pending || there.closedAt !== null) return undefined
          return store({ ...there, ...to, changedAt: at, closedAt: (to.outcome ?? null) === null ? null : at })
        }),
      append: ({ id, state }, entry, { actor: by, reason }) =>
        Effect.map(now, (at) => {
          entries.push({ id, seq: entries.filter((one) => one.id === id).length + 1, state, by, at, reason, ...entry })
        }),
      isCurrent: ({ attempt, id }) => Effect.sync(() => rotations.get(id)?.attempt === attempt),
      transaction: (work) => work,
      driven: (id, driver, stopped) =>
        Effect.map(Clock.currentTimeMillis, (ms) => {
          const there = rotations.get(id)
          if (there === undefined) return
          driverSeen.set(id, ms)
          store({ ...there, driver: driver === null ? null : { instance: driver, ageMs: 0 }, stopped })
        }),
      exclusively: (secret) => (work) =>
        Effect.acquireUseRelease(
          Effect.suspend(() => {
            if (locks.has(secret)) return Effect.fail(takenBySomebody(secret))
            locks.add(secret)
            return Effect.void
          }),
          () => work,
          () => Effect.sync(() => locks.delete(secret))
        )
    })
  })
)
