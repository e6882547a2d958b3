import { Effect } from "effect"
import type { Delivery } from "../../../layers/queue/EventQueue.ts"
import { newBatch } from "../../../services/alerter/Batch.ts"
import { compose } from "../../../services/alerter/stages/compose.ts"
import { decode } from "../../../services/alerter/stages/decode.ts"
import { evaluate } from "../../../services/alerter/stages/evaluate.ts"
import type { Policy } from "../../../src/matching/Policy.ts"

/** A batch that was decoded, evaluated and composed. */
export const evaluateAll = (deliveries: ReadonlyArray<Delivery>, policy: Policy, at: string) =>
  decode(newBatch(deliveries, at, Effect.void)).pipe(
    Effect.flatMap((batch) => evaluate(batch, policy)),
    Effect.flatMap(compose)
  )
