import { Clock, Effect, Layer } from "effect"
import type { DeadLetter, DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import { DeadLetters } from "./DeadLetters.ts"
import { quarantinedLetter } from "./letters.ts"
import { QueueState } from "./QueueState.ts"

const discardCounters = {
  events: "eventsDiscarded",
  alerts: "alertsDiscarded",
  quarantine: "quarantineDiscarded"
} as const

/** Keeps everything, forgets everything at exit. */
export const DeadLettersMemory = Layer.effect(
  DeadLetters,
  Effect.map(QueueState, (state) => {
    const held = { events: state.dead, alerts: state.alertsDead, quarantine: state.quarantine.records } as const

    const letters = (queue: DeadLetterQueue) =>
      queue === "quarantine"
        ? [...state.quarantine.records].map(([entryId, { text }]) => [entryId, quarantinedLetter(text)] as const)
        : [...held[queue]]

    const list = (queue: DeadLetterQueue, limit: number, before?: string) =>
      Effect.sync(() =>
        letters(queue)
          .filter(([entryId]) => before === undefined || isOlder(entryId, before))
          .slice(-limit)
          .reverse()
          .map(([entryId, { attempts, detail, payload, reason }]): DeadLetter => ({
            entryId,
            queue,
            at: new Date(Number.parseInt(entryId)).toISOString(),
            reason,
            detail,
            attempts,
            payload
          }))
      )

    const replay = (queue: "events" | "alerts", entryIds: ReadonlyArray<string>) =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        entryIds.filter((entryId) => {
          if (queue === "events") {
            const letter = state.dead.get(entryId)
            if (letter === undefined) return false
            state.dead.delete(entryId)
            state.store(now, { size: 1, text: letter.payload })
            return true
          }
          const letter = state.alertsDead.get(entryId)
          if (letter === undefined || state.alerts.has(letter.id)) return false
          const { attempts, id, payload, signature } = letter
          state.alertsDead.delete(entryId)
          state.joinLane(now, { id, payload, signature }, attempts)
          return true
        }))

    const discard = (queue: DeadLetterQueue, entryIds: ReadonlyArray<string>) =>
      Effect.sync(() => {
        const remove = queue === "quarantine" ? state.quarantine.remove : (id: string) => held[queue].delete(id)
        const gone = entryIds.filter(remove)
        if (gone.length > 0) state.add(discardCounters[queue], gone.length)
        return gone
      })

    const moves = new Map<string, ReadonlyArray<string>>()
    const once = (operation: string | undefined, move: Effect.Effect<ReadonlyArray<string>>) =>
      Effect.suspend(() => {
        const known = operation === undefined ? undefined : moves.get(operation)
        if (known !== undefined || operation === undefined) return known === undefined ? move : Effect.succeed(known)
        return Effect.tap(move, (moved) => Effect.sync(() => moves.set(operation, moved)))
      })

    return DeadLetters.of({
      list,
      replay: (queue, entryIds, operation) => once(operation, replay(queue, entryIds)),
      discard: (queue, entryIds, operation) => once(operation, discard(queue, entryIds)),
      count: (queue) => Effect.sync(() => held[queue].size)
    })
  })
)

const isOlder = (entryId: string, than: string): boolean => {
  const [millis = 0, count = 0] = entryId.split("-").map(Number)
  const [thanMillis = 0, thanCount = 0] = than.split("-").map(Number)
  return millis < thanMillis || (millis === thanMillis && count < thanCount)
}
