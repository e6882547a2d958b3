import { Effect } from "effect"
import type { Delivery } from "../../../layers/queue/EventQueue.ts"
import { newBatch } from "../../../services/alerter/Batch.ts"
import { decode } from "../../../services/alerter/stages/decode.ts"
import { evaluate } from "../../../services/alerter/stages/evaluate.ts"
import type { Policy } from "../../../src/matching/Policy.ts"

/** A batch that was decoded and evaluated. */
export const evaluateAll = (deliveries: ReadonlyArray<Delivery>, policy: Policy, at: string) =>
  Effect.flatMap(decode(newBatch(deliveries, at, Effect.void)), (batch) => evaluate(batch, policy))
