import type { Effect } from "effect"
import type { DeliveryResult } from "../../layers/delivery/Receiver.ts"
import type { AlertOutcome, ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import type { Alert } from "../../src/domain/Alert.ts"
import type { SpanContext } from "../../src/logic/traceparent.ts"

/** One try to deliver a claimed alert. Each stage adds what it found out. */
export interface Delivery {
  readonly claimed: ClaimedAlert
  /** It is sent to find out whether the platform is back. */
  readonly probe: boolean
  /** By `decode`; absent when the payload is no alert. */
  readonly alert?: Alert
  /** By `decode`: where the alerter's step stands, if the trace is told; by `deliver`, where its own does. */
  readonly trace?: SpanContext
  /** By `deliver`. */
  readonly answer?: Answer
  /** By `decide`, or by `decode` when the payload is no alert. */
  readonly outcome?: AlertOutcome
}

/** What the platform answered, and what was known of it at that moment. */
export interface Answer {
  readonly result: DeliveryResult
  /** Epoch milliseconds. */
  readonly at: number
  /** The alert before this one was refused for its key. */
  readonly keySuspected: boolean
  /** The platform took another alert that was sent after this one had failed before. */
  readonly othersDelivered: boolean
}

/** A step of the pipeline. A broken one costs the alert nothing: it is claimed again when its lease has run out. */
export type Stage = (delivery: Delivery) => Effect.Effect<Delivery>
