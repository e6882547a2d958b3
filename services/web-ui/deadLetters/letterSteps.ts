import { Effect } from "effect"
import type { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { Step } from "./LetterSweep.ts"
import type { QuarantineReplay } from "./QuarantineReplay.ts"

type Letters = DeadLetters["Service"]

const done = (ids: ReadonlyArray<string>, moved: ReadonlyArray<string>) => ({
  moved: moved.length,
  skipped: ids.length - moved.length
})

export const replayStep = (letters: Letters, queue: "events" | "alerts"): Step => (ids) =>
  Effect.map(letters.replay(queue, ids), (moved) => done(ids, moved))

export const discardStep = (letters: Letters, queue: "events" | "alerts" | "quarantine"): Step => (ids) =>
  Effect.map(letters.discard(queue, ids), (moved) => done(ids, moved))

/** Reads records again. What one request has too many bytes for is asked for again, until the queue has no room. */
export const rereadStep = (quarantine: QuarantineReplay["Service"]): Step => (ids) =>
  Effect.gen(function*() {
    let moved = 0
    let skipped = 0
    const unreadable: Array<{ readonly id: string; readonly reason: string }> = []
    const cut: Array<string> = []
    for (let left = ids; left.length > 0;) {
      const some = yield* quarantine.replay(left)
      moved += some.replayed.length
      skipped += some.missing.length
      unreadable.push(...some.unreadable)
      cut.push(...some.cut)
      if (some.later.length > 0 && some.replayed.length === 0) {
        const waits = new Set(some.later)
        const fullAt = ids.find((id) => waits.has(id)) ?? ""
        // Those after it are read again by who goes on there.
        const before = (one: string) => ids.indexOf(one) < ids.indexOf(fullAt)
        return {
          moved,
          skipped,
          unreadable: unreadable.filter(({ id }) => before(id)).map(({ reason }) => reason),
          cut: cut.filter(before).length,
          fullAt
        }
      }
      left = some.later
    }
    return { moved, skipped, unreadable: unreadable.map(({ reason }) => reason), cut: cut.length }
  })
