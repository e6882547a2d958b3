import { Context, type Effect } from "effect"
import type { Attempt } from "../../src/domain/DeadLetter.ts"
import type { EncodedAlert } from "./EventQueue.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/** An alert that is not delivered yet. */
export interface WaitingAlert {
  readonly id: string
  /** `parked`: not before `dueAt`; `claimed`: a forwarder has it; `waiting`: for its turn, or behind another one. */
  readonly state: "waiting" | "parked" | "claimed"
  /** Epoch milliseconds; `undefined` while it waits behind another alert of its signature. */
  readonly dueAt: number | undefined
  readonly tries: number
  readonly signature: string
  /** An encoded `Alert`. */
  readonly payload: string
  readonly attempts: ReadonlyArray<Attempt>
}

/** An alert at its place in a list, from which the list goes on. */
export interface PlacedAlert {
  readonly place: string
  readonly alert: WaitingAlert
}

/** `full`: as many wait as may. `enqueued`: those that were not here, nor a short while ago. */
export type HandedOver =
  | { readonly _tag: "full"; readonly waiting: number }
  | { readonly _tag: "done"; readonly waiting: number; readonly enqueued: number }

/** Shows the alerts on their way, hurries those that wait for a retry, and takes those that were lost. */
export class WaitingAlerts extends Context.Service<WaitingAlerts, {
  /** The first of each signature, by the time from which they may be claimed. One that moves meanwhile may come twice. */
  readonly due: (limit: number, after?: string) => Effect.Effect<ReadonlyArray<PlacedAlert>, QueueUnavailable>
  /** Those behind another one of their signature. */
  readonly behind: (limit: number, after?: string) => Effect.Effect<ReadonlyArray<PlacedAlert>, QueueUnavailable>
  /** Those of the alerts that are on their way. */
  readonly find: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<WaitingAlert>, QueueUnavailable>
  /** Makes parked alerts due now; atomic for a thousand at a time. Returns those that were parked. */
  readonly retry: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, QueueUnavailable>
  /**
   * Puts alerts of the record on their way again, in their order and each once, if fewer than `room` wait. Atomic; some
   * hundred at a time.
   */
  readonly handOver: (
    alerts: ReadonlyArray<EncodedAlert>,
    room: number
  ) => Effect.Effect<HandedOver, QueueUnavailable>
}>()("mutt/layers/queue/WaitingAlerts") {}

const duePlace = /^(\d{1,16})_(.*)$/s

/** Writes the place of an alert that is due at a time, as `<epoch ms>_<id>`. */
export const writeDuePlace = (dueAt: number, id: string): string => `${dueAt}_${id}`

export const readDuePlace = (place: string | undefined): { readonly score: number; readonly after: string } => {
  const [, score = "0", after = ""] = duePlace.exec(place ?? "") ?? []
  return { score: Number(score), after }
}
