import { Cause, Effect, Exit, Option } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import type { RawAnswer } from "../../../layers/http/rawPipeline.ts"
import type { AppendResult } from "../../../layers/queue/EventQueue.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { Budget } from "../../../src/decode/Budget.ts"
import { decodeRequestSteps } from "../../../src/decode/decode.ts"
import { type BodyHeaders, isTrap, whole } from "../../../src/decode/formats/body.ts"
import { textReader } from "../../../src/decode/framing/charset.ts"
import { emptyDecoded, failed, quarantine, rawLimit } from "../../../src/decode/ReceiveContext.ts"
import { DecodeReporter } from "../DecodeReporter.ts"
import { makeFailureReport, makeReceiveContexts, type Origin } from "../decoding.ts"
import { countStored, encodeBatch, type EncodedBatch } from "../encodeBatch.ts"
import { IngestBatcher } from "../IngestBatcher.ts"
import { IngestorSettings } from "../IngestorSettings.ts"
import * as metrics from "../metrics.ts"
import { joinChunks } from "./joinChunks.ts"
import * as responses from "./responses.ts"

/** Decodes bodies and chooses the responses. Plain functions, for the hot path. */
export const makeIngestHandler = Effect.gen(function*() {
  const batcher = yield* IngestBatcher
  const config = yield* DynamicConfig
  const { fallbackCharset, maxExpansion, maxRecords } = yield* IngestorSettings
  const reporter = yield* DecodeReporter
  const contexts = yield* makeReceiveContexts
  const count = yield* metrics.counting
  const reportFailures = yield* makeFailureReport
  const read = textReader(fallbackCharset)

  const refuse = (reason: metrics.RequestOutcome, answer: RawAnswer): RawAnswer => {
    count(metrics.requests[reason], 1)
    return answer
  }

  /** The answer to what needs no storing; `undefined` when the batch must go to the queue. */
  const early = (
    { batch: { events, quarantined } }: EncodedBatch,
    correlationId: string
  ): RawAnswer | undefined => {
    const records = events.length + quarantined.length
    if (records > maxRecords) return refuse("too_large", responses.tooManyRecords(maxRecords))
    if (records > 0) return undefined
    count(metrics.requests[""], 1)
    return responses.queued(correlationId, 0, 0, batcher.depth())
  }

  /** The answer once the queue has taken the batch, or not. */
  const answer = (
    encoded: EncodedBatch,
    correlationId: string,
    exit: Exit.Exit<AppendResult, QueueUnavailable>
  ): RawAnswer => {
    if (Exit.isFailure(exit)) {
      const refusal = Cause.findErrorOption(exit.cause)
      const lag = Option.isSome(refusal) && refusal.value.unreplicated === true
      return refuse("redis", lag ? responses.notReplicated : responses.queueUnavailable)
    }
    const receipt = exit.value
    if (receipt._tag === "conflict") return refuse("key_refused", responses.keyReused)
    if (receipt._tag === "full") {
      return refuse("queue_full", responses.queueFull(receipt, config.snapshot().values.max_ingest_queue_size))
    }
    if (receipt._tag === "limited") return refuse("rate_limit", responses.rateLimited(receipt))
    count(metrics.requests[""], 1)
    if (receipt.repeated !== true) countStored(encoded, count, reporter)
    const { events, quarantined } = encoded.batch
    const overShare = receipt.overShare?.length ?? 0
    return responses.queued(correlationId, events.length, quarantined.length - overShare, receipt.depth, overShare)
  }

  /** Decodes, with pauses, whatever the body is. */
  function* decode(
    chunks: ReadonlyArray<Uint8Array>,
    headers: BodyHeaders,
    origin: Omit<Origin, "source">
  ): Generator<void, EncodedBatch> {
    const context = contexts({ ...origin, source: "http" })
    const body = yield* joinChunks(chunks)
    const into = emptyDecoded(new Budget(body.length, maxRecords, maxExpansion))
    try {
      const steps = decodeRequestSteps(body, headers, context, read, into)
      if (steps !== undefined) yield* steps
    } catch (cause) {
      // What was decoded before goes on, so the rest can't be told from it when it is read again.
      const cut = body.length > rawLimit || into.events.length + into.quarantined.length > 0
      const start = read(body.subarray(0, rawLimit)).text
      quarantine(into, failed(into, cause), start, whole(context, headers), cut)
    }
    reportFailures(isTrap(headers) ? "trap" : "http", into)
    return yield* encodeBatch(into, origin.sender)
  }

  return { decode, early, answer, refuse }
})
