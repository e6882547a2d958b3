import { Effect } from "effect"
import type { ClaimedAlert } from "../../layers/queue/AlertQueue.ts"
import { CorrelationId } from "../../layers/telemetry/CorrelationId.ts"
import { CurrentSpan } from "../../layers/telemetry/Tracing.ts"
import type { Delivery } from "./Delivery.ts"
import type { FlowControl } from "./FlowControl.ts"
import type { ResultBatcher } from "./ResultBatcher.ts"
import { makeAcknowledge } from "./stages/acknowledge.ts"
import { makeDecide } from "./stages/decide.ts"
import { decode } from "./stages/decode.ts"
import { makeDeliver } from "./stages/deliver.ts"

export interface PipelineOptions {
  readonly flow: FlowControl
  readonly results: ResultBatcher
  readonly retryBaseMs: number
  readonly retryMaxMs: number
}

/** What becomes of a claimed alert, in this order. Another stage is one more file and one more line. */
const makeStages = (options: PipelineOptions) =>
  Effect.all([
    Effect.succeed(decode),
    makeDeliver(options.flow),
    makeDecide(options),
    makeAcknowledge(options.results)
  ])

/** Makes the function that takes a claimed alert through the stages. */
export const makePipeline = (options: PipelineOptions) =>
  Effect.map(makeStages(options), (stages) =>
    Effect.fnUntraced(function*(claimed: ClaimedAlert, probe: boolean) {
      let delivery: Delivery = { claimed, probe }
      for (const stage of stages) {
        const work = Effect.provideService(stage(delivery), CorrelationId, delivery.alert?.correlationId)
        delivery = yield* delivery.trace === undefined
          ? work
          : Effect.provideService(work, CurrentSpan, delivery.trace)
      }
    }))
