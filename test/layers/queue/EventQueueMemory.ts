import { Clock, Effect, Layer } from "effect"
import { decodeDeadLetter } from "../../../layers/queue/deadLetterTexts.ts"
import {
  type Acknowledged,
  type Delivery,
  EventQueue,
  type MetaAlerts,
  type Outcome
} from "../../../layers/queue/EventQueue.ts"
import { fingerprintLimit, overflow, settledHours } from "../../../layers/queue/limits.ts"
import { makeHourOf } from "../../../layers/queue/settled.ts"
import { deliveriesOf } from "../../../layers/queue/streamEntry.ts"
import { appendOnce, fullBy } from "./appendMemory.ts"
import { QueueState } from "./QueueState.ts"

type State = QueueState["Service"]

/** Keeps everything, forgets everything at exit. */
export const EventQueueMemory = Layer.effect(
  EventQueue,
  Effect.map(QueueState, (state) => {
    /** Gives out entries until they hold `count` events, without those given out within `minIdleMs`. */
    const giveOut = (entries: State["pending"], count: number, minIdleMs: number) =>
      Effect.map(Clock.currentTimeMillis, (now): ReadonlyArray<Delivery> => {
        const found: Array<Delivery> = []
        for (const [id, entry] of entries) {
          if (found.length >= count) break
          if (now - entry.at < minIdleMs) continue
          entry.at = now
          state.unread.delete(id)
          state.pending.set(id, entry)
          const { bytes, events } = entry
          found.push(...deliveriesOf(id, events.map(String), bytes, (index) => events[index] === undefined))
        }
        if (state.unread.size === 0) state.arrived.closeUnsafe()
        return found
      })
    const readUnread = (count: number) => giveOut(state.unread, count, -Infinity)

    return EventQueue.of({
      append: (eventBatches, limits, call) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => appendOnce(state, now, eventBatches, limits, call)),

      room: (load, limits) =>
        Effect.sync(() => fullBy(state, load, { depth: state.waiting(), bytes: state.waitingBytes() }, limits)),

      read: (_consumer, count, blockMs) =>
        Effect.flatMap(readUnread(count), (deliveries) =>
          deliveries.length > 0 || blockMs <= 0
            ? Effect.succeed(deliveries)
            : Effect.andThen(Effect.timeoutOption(state.arrived.await, blockMs), readUnread(count))),

      reclaim: (_consumer, minIdleMs, count) => giveOut(state.pending, count, minIdleMs),

      acknowledge: (outcomes, metaAlerts) =>
        Effect.map(Clock.currentTimeMillis, (now) => acknowledge(state, now, outcomes, metaAlerts)),

      backlog: Effect.map(Clock.currentTimeMillis, (now) => {
        const oldest = [...state.pending.keys(), ...state.unread.keys()].reduce(
          (least, entry) => Math.min(least, Number.parseInt(entry)),
          now
        )
        return { depth: state.waiting(), bytes: state.waitingBytes(), oldestMs: now - oldest }
      })
    })
  })
)

const acknowledge = (
  state: State,
  now: number,
  outcomes: ReadonlyArray<Outcome>,
  metaAlerts: MetaAlerts
): Acknowledged => {
  const counts = { forwarded: 0, suppressed: 0, unmatched: 0, dead: 0, metaAlerts: 0, repeated: 0 }
  const hourOf = makeHourOf()
  for (const outcome of outcomes) {
    const { entry, index } = outcome.position
    const held = state.pending.get(entry)
    const payload = held?.events[index]
    if (held === undefined || payload === undefined) {
      counts.repeated++
      continue
    }
    held.events[index] = undefined
    if (held.events.every((event) => event === undefined)) state.removeEntry(entry)
    const hour = hourOf(outcome)
    if (hour !== undefined) settle(state, now, `${hour} ${outcome._tag.charAt(0)}`)
    switch (outcome._tag) {
      case "forwarded":
        counts[state.enqueueNewAlert(now, outcome.alert) ? "forwarded" : "suppressed"]++
        break
      case "suppressed":
        counts.suppressed++
        break
      case "unmatched":
        counts.unmatched++
        if (raises(state, now, outcome.fingerprint, metaAlerts)) counts.metaAlerts++
        break
      case "dead":
        counts.dead++
        state.dead.set(state.entryId(now), { ...decodeDeadLetter(outcome.letter), payload })
        break
    }
  }
  for (const counter of ["forwarded", "suppressed", "unmatched", "metaAlerts"] as const) {
    if (counts[counter] > 0) state.add(counter, counts[counter])
  }
  if (counts.unmatched > 0) {
    for (const [fingerprint, { ends }] of state.unhandled) if (ends <= now) state.unhandled.delete(fingerprint)
  }
  return counts
}

/** Counts an event in its hour, for 48 hours. */
const settle = ({ settled }: State, now: number, field: string) => {
  const thisHour = Math.floor(now / 3_600_000)
  const [hour, oldest] = [Number.parseInt(field), thisHour - settledHours]
  if (hour < oldest || hour > thisHour + 1) return
  if (!settled.has("since")) settled.set("since", thisHour)
  settled.set(field, (settled.get(field) ?? 0) + 1)
  for (const one of settled.keys()) if (Number.parseInt(one) < oldest) settled.delete(one)
}

/** Counts an event without a rule. True when that raised the meta-alert. */
const raises = (
  { enqueueNewAlert, unhandled }: State,
  now: number,
  fingerprint: string,
  metaAlerts: MetaAlerts
): boolean => {
  const key = unhandled.has(fingerprint) || unhandled.size < fingerprintLimit ? fingerprint : overflow
  const known = unhandled.get(key)
  const open = known !== undefined && known.ends > now
  if (open && known.quiet) return false
  const count = open ? known.count + 1 : 1
  const ends = open ? known.ends : now + metaAlerts.windowMs
  const candidate = count < metaAlerts.threshold ? undefined : metaAlerts.candidates.get(fingerprint)
  if (candidate === undefined) {
    unhandled.set(key, { count, quiet: false, ends })
    return false
  }
  unhandled.set(key, { count, quiet: true, ends: now + metaAlerts.windowMs })
  return enqueueNewAlert(now, candidate)
}
