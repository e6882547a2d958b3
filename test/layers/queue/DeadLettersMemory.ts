import { Clock, Effect, Layer } from "effect"
import { DeadLetters, type LetterSpan, type Reread, type RereadOutcome } from "../../../layers/queue/DeadLetters.ts"
import { quarantinedDeadLetter } from "../../../layers/queue/deadLetterTexts.ts"
import type { QueueRoom } from "../../../layers/queue/EventQueue.ts"
import { bytesOf, streamEntriesOf } from "../../../layers/queue/streamEntry.ts"
import type { DeadLetter, DeadLetterQueue } from "../../../src/domain/DeadLetter.ts"
import { isBefore } from "../../../src/logic/entryIds.ts"
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
        ? [...state.quarantine.records].map(([entryId, { reread, text }]) =>
          [entryId, quarantinedDeadLetter(text, reread)] as const
        )
        : [...held[queue]]

    const all = (queue: DeadLetterQueue) =>
      letters(queue).map(([entryId, { attempts, detail, payload, reason }]): DeadLetter => ({
        entryId,
        queue,
        at: new Date(Number.parseInt(entryId)).toISOString(),
        reason,
        detail,
        attempts,
        payload
      }))

    const list = (queue: DeadLetterQueue, limit: number, before?: string) =>
      Effect.sync(() =>
        all(queue).filter(({ entryId }) => before === undefined || isBefore(entryId, before)).slice(-limit).reverse()
      )

    const scan = (queue: DeadLetterQueue, limit: number, { after, upTo }: LetterSpan) =>
      Effect.sync(() =>
        all(queue)
          .filter(({ entryId }) =>
            (after === undefined || isBefore(after, entryId)) && (upTo === undefined || !isBefore(upTo, entryId))
          )
          .slice(0, limit)
      )

    const replay = (queue: "events" | "alerts", entryIds: ReadonlyArray<string>) =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        entryIds.filter((entryId) => {
          if (queue === "events") {
            const letter = state.dead.get(entryId)
            if (letter === undefined) return false
            state.dead.delete(entryId)
            state.addEntry(now, { size: 1, text: letter.payload })
            return true
          }
          const letter = state.alertsDead.get(entryId)
          if (letter === undefined || state.alerts.has(letter.id)) return false
          const { attempts, id, payload, signature } = letter
          state.alertsDead.delete(entryId)
          state.enqueueAlert(now, { id, payload, signature }, attempts)
          return true
        }))

    const requeueOne = (now: number, record: Reread, { capacity, capacityBytes }: QueueRoom): RereadOutcome => {
      const kept = state.quarantine.records.get(record.entryId)
      if (kept === undefined) return "missing"
      if (!("events" in record)) {
        kept.reread = { reason: record.reason, detail: record.detail }
        return "kept"
      }
      const { events } = record
      const weight = streamEntriesOf(events).reduce((sum, { text }) => sum + bytesOf(text), 0)
      const depth = state.waiting()
      const fits = depth + events.length <= Math.floor(capacity / 2) &&
        state.waitingBytes() + weight <= Math.floor(capacityBytes / 2)
      if (depth > 0 && !fits) return "full"
      state.quarantine.remove(record.entryId)
      for (const entry of streamEntriesOf(events)) state.addEntry(now, entry)
      state.add("accepted", events.length)
      state.add("quarantineReplayed")
      return "replayed"
    }

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
      scan,
      begin: (operation, plan) => once(`begin ${operation}`, Effect.succeed(plan)),
      begun: (operation) => Effect.sync(() => moves.get(`begin ${operation}`)),
      replay: (queue, entryIds, operation) => once(operation, replay(queue, entryIds)),
      discard: (queue, entryIds, operation) => once(operation, discard(queue, entryIds)),
      count: (queue) => Effect.sync(() => held[queue].size),
      quarantined: (entryIds) =>
        Effect.sync(() =>
          entryIds.flatMap((entryId) => {
            const kept = state.quarantine.records.get(entryId)
            return kept === undefined ? [] : [{ entryId, text: kept.text }]
          })
        ),
      requeue: (records, room) =>
        Effect.map(Clock.currentTimeMillis, (now) => records.map((record) => requeueOne(now, record, room)))
    })
  })
)
