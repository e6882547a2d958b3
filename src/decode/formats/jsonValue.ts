import { eventLimits } from "../../domain/Event.ts"
import { exceedsBytes } from "../fields/text.ts"
import { quarantine, Refusal } from "../ReceiveContext.ts"
import { type JsonJob, type Steps, takeAll, type Taker } from "./jsonJob.ts"
import { takeListed, takeRecord, tooLarge } from "./jsonRecord.ts"
import type { Broken, Piece } from "./jsonText.ts"
import { takeStream } from "./loki.ts"

/** Takes a piece of a body: a record, a list of them, or an envelope. What it returns is still to be run. */
export const takePiece = (piece: Piece, job: JsonJob): Steps | undefined => {
  if (!piece.ok) {
    takeBroken(piece, job)
    return undefined
  }
  const { raw, value } = piece
  if (Array.isArray(value)) return takeAll(value, takeListed, job, raw?.length)
  if (typeof value !== "object" || value === null) return takeRecord(value, raw, job)
  const length = raw?.length
  if ("metrics" in value && Array.isArray(value.metrics)) return takeAll(value.metrics, takeListed, job, length)
  if ("records" in value && Array.isArray(value.records)) return takeAll(value.records, takeKafka, job, length)
  if ("streams" in value && Array.isArray(value.streams)) return takeAll(value.streams, takeStream, job, length)
  return takeRecord(value, raw, job)
}

export const takeBroken = ({ detail, raw, reason }: Broken, { arrival: context, into }: JsonJob): void =>
  quarantine(into, exceedsBytes(raw, eventLimits.record) ? tooLarge : new Refusal(reason, detail), raw, context)

/** Kafka REST puts each record under `value`. */
const takeKafka: Taker = (record, job) =>
  takeListed(typeof record === "object" && record !== null && "value" in record ? record.value : record, job)

/** The envelopes that shippers put around a batch, by the name of their list: Telegraf, Kafka REST and Loki. */
export const envelopes: ReadonlyArray<readonly [string, Taker]> = [
  ["metrics", takeListed],
  ["records", takeKafka],
  ["streams", takeStream]
]
