import { Clock, Effect, Layer } from "effect"
import { type Bundle, bundlesOf, deliveriesOf, eventsOf, joinBundles } from "./bundle.ts"
import {
  type AppendLimits,
  type Delivery,
  EventQueue,
  type MetaAlerts,
  type Parcel,
  type Receipt,
  type Settled,
  type Settlement
} from "./EventQueue.ts"
import { letterOf } from "./letters.ts"
import { fingerprintLimit, overflow, rateSpans, senderLimit } from "./limits.ts"
import { type HeldBundle, QueueState } from "./QueueState.ts"

type State = QueueState["Service"]

/** Keeps everything, forgets everything at exit. */
export const EventQueueMemory = Layer.effect(
  EventQueue,
  Effect.map(QueueState, (state) => {
    const tell = (entry: string, { events }: HeldBundle) =>
      deliveriesOf(entry, events.map(String), (index) => events[index] === undefined)

    const take = (count: number) =>
      Effect.map(Clock.currentTimeMillis, (at): ReadonlyArray<Delivery> => {
        const found: Array<Delivery> = []
        for (const [entry, events] of state.unread) {
          if (found.length >= count) break
          const held = { events: [...events], at }
          state.unread.delete(entry)
          state.inHand.set(entry, held)
          found.push(...tell(entry, held))
        }
        if (state.unread.size === 0) state.arrived.closeUnsafe()
        return found
      })

    return EventQueue.of({
      append: (parcels, limits) => Effect.map(Clock.currentTimeMillis, (now) => append(state, now, parcels, limits)),

      read: (_consumer, count, blockMs) =>
        Effect.flatMap(take(count), (deliveries) =>
          deliveries.length > 0 || blockMs <= 0
            ? Effect.succeed(deliveries)
            : Effect.andThen(Effect.timeoutOption(state.arrived.await, blockMs), take(count))),

      reclaim: (_consumer, minIdleMs, count) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const found: Array<Delivery> = []
          for (const [entry, held] of state.inHand) {
            if (found.length >= count) break
            if (now - held.at < minIdleMs) continue
            held.at = now
            found.push(...tell(entry, held))
          }
          return found
        }),

      settle: (settlements, metaAlerts) =>
        Effect.map(Clock.currentTimeMillis, (now) => settle(state, now, settlements, metaAlerts)),

      backlog: Effect.map(Clock.currentTimeMillis, (now) => {
        const oldest = [...state.inHand.keys(), ...state.unread.keys()].reduce(
          (least, entry) => Math.min(least, Number.parseInt(entry)),
          now
        )
        return { depth: state.waiting(), oldestMs: now - oldest }
      })
    })
  })
)

const append = (
  state: State,
  now: number,
  parcels: ReadonlyArray<Parcel>,
  { capacity, rate, rateWindowMs }: AppendLimits
): ReadonlyArray<Receipt> => {
  let depth = state.waiting()
  const accepted: Array<Bundle> = []
  const receipts = parcels.map(({ events, quarantined, sender }): Receipt => {
    const size = events.length
    const bucket = state.senders.get(sender) ?? { left: rate, at: now }
    const tokens = Math.min(rate, bucket.left + Math.max(0, now - bucket.at) * rate / rateWindowMs)
    const needed = Math.min(size, rate)
    if (size > 0 && depth > 0 && depth + size > capacity) return { _tag: "full", depth }
    if (size > 0 && tokens + 1e-6 < needed) {
      return { _tag: "limited", retryAfterMs: Math.max(1, Math.ceil((needed - tokens) * rateWindowMs / rate - 1e-6)) }
    }
    accepted.push(...bundlesOf(events))
    for (const record of quarantined) state.setAside(now, record)
    if (quarantined.length > 0) state.add("quarantined", quarantined.length)
    if (size > 0) {
      state.senders.set(sender, { left: tokens - size, at: now })
      state.add("accepted", size)
      countRates(state, now, size)
    }
    depth += size
    return { _tag: "accepted", depth }
  })
  for (const bundle of joinBundles(accepted)) state.unread.set(state.entryId(now), eventsOf(bundle))
  if (accepted.length > 0) state.arrived.openUnsafe()
  return receipts
}

const countRates = ({ rates, senders }: State, now: number, size: number) => {
  const [minute, hour, day] = [Math.floor(now / 60_000), Math.floor(now / 3_600_000), Math.floor(now / 86_400_000)]
  const first = !rates.has(`m:${minute}`)
  for (const field of [`m:${minute}`, `h:${hour}`, `d:${day}`]) rates.set(field, (rates.get(field) ?? 0) + size)
  if (!first) return
  const oldest: Readonly<Record<string, number>> = {
    m: minute - rateSpans.minutes + 1,
    h: hour - rateSpans.hours + 1,
    d: day - rateSpans.days + 1
  }
  for (const field of rates.keys()) {
    if (Number(field.slice(2)) < (oldest[field.slice(0, 1)] ?? 0)) rates.delete(field)
  }
  if (senders.size > senderLimit) senders.clear()
}

const settle = (state: State, now: number, settlements: ReadonlyArray<Settlement>, metaAlerts: MetaAlerts): Settled => {
  const counts = { forwarded: 0, suppressed: 0, unmatched: 0, dead: 0, metaAlerts: 0, repeated: 0 }
  for (const settlement of settlements) {
    const { entry, index } = settlement.place
    const held = state.inHand.get(entry)
    const payload = held?.events[index]
    if (held === undefined || payload === undefined) {
      counts.repeated++
      continue
    }
    held.events[index] = undefined
    if (held.events.every((event) => event === undefined)) state.inHand.delete(entry)
    switch (settlement._tag) {
      case "forwarded":
        counts[state.handOver(now, settlement.alert) ? "forwarded" : "suppressed"]++
        break
      case "suppressed":
        counts.suppressed++
        break
      case "unmatched":
        counts.unmatched++
        if (raises(state, now, settlement.fingerprint, metaAlerts)) counts.metaAlerts++
        break
      case "dead":
        counts.dead++
        state.dead.set(state.entryId(now), { ...letterOf(settlement.letter), payload })
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

/** Counts an event without a rule. True when that raised the meta-alert. */
const raises = ({ handOver, unhandled }: State, now: number, fingerprint: string, metaAlerts: MetaAlerts): boolean => {
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
  return handOver(now, candidate)
}
