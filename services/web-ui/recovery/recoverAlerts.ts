import { Clock, DateTime, Effect, Schedule } from "effect"
import { type ForwardedEvent, ForwardedEvents, type ForwardedPlace } from "../../../layers/audit/ForwardedEvents.ts"
import { encodeAlert } from "../../../layers/queue/encodeAlert.ts"
import type { EncodedAlert } from "../../../layers/queue/EventQueue.ts"
import { type HandedOver, WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import { eventAlert } from "../../../src/logic/eventAlert.ts"
import { unavailable } from "../http/unavailable.ts"

/** Events of one page, whose alerts are handed over in one step. */
const atOnce = 500

/** No more alerts than this wait, so that forwarders set the pace and Redis keeps its room. */
const mostWaiting = 10_000

const lookEvery = "250 millis"

/** What is done by now, and where to go on. */
export interface AlertsProgress {
  found: number
  handedOver: number
  known: number
  unreadable: number
  waiting: number
  place: ForwardedPlace | undefined
}

export interface AlertsWanted {
  readonly delivered: boolean
  readonly dryRun: boolean
}

/**
 * Hands the alerts of recorded events over, page by page until the time is over, and notes after each what is done. An
 * alert that is here already, or was a short while ago, is left as it is: doing it again has no further effect.
 */
export const makeRecoverAlerts = Effect.gen(function*() {
  const record = yield* ForwardedEvents
  const waiting = yield* WaitingAlerts

  /** Waits until there is room, or time is over. */
  const handOver = (alerts: ReadonlyArray<EncodedAlert>, isOver: () => boolean) =>
    Effect.repeat(waiting.handOver(alerts, mostWaiting), {
      while: (one) => one._tag === "full" && !isOver(),
      schedule: Schedule.spaced(lookEvery)
    })

  return Effect.fnUntraced(
    function*(progress: AlertsProgress, { delivered, dryRun }: AlertsWanted, mostMs: number) {
      const clock = yield* Clock.Clock
      const ends = clock.monotonicTimeNanosUnsafe() + BigInt(mostMs) * 1_000_000n
      const isOver = () => clock.monotonicTimeNanosUnsafe() >= ends
      while (progress.place !== undefined) {
        const { events, next } = yield* record.page(progress.place, { delivered, limit: atOnce }).pipe(
          Effect.catch(unavailable("event audit"))
        )
        const alerts = events.flatMap(alertOf)
        const handed: HandedOver = alerts.length === 0 || dryRun
          ? { _tag: "done", waiting: progress.waiting, enqueued: alerts.length }
          : yield* handOver(alerts, isOver)
        progress.waiting = handed.waiting
        if (handed._tag === "full") break
        progress.found += events.length
        progress.unreadable += events.length - alerts.length
        progress.handedOver += handed.enqueued
        progress.known += alerts.length - handed.enqueued
        progress.place = next
        if (isOver()) break
        yield* Effect.yieldNow
      }
      return progress
    }
  )
})

const alertOf = (recorded: ForwardedEvent): ReadonlyArray<EncodedAlert> => {
  const event = decodeEvent(recorded.raw)
  const { handling, recordedAt } = recorded
  return typeof event === "string" || handling === null
    ? []
    : [encodeAlert(eventAlert(event, recorded, handling, recordedAt))]
}

/** The time of recording that is reached. */
export const reachedOf = ({ micros }: ForwardedPlace): string =>
  DateTime.formatIso(DateTime.makeUnsafe(Math.floor(micros / 1_000)))
