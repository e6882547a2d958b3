import { eventLimits } from "../../domain/Event.ts"
import { boundedJson, sizeOf } from "../fields/boundedJson.ts"
import { isObject, type Json } from "../fields/classifyFields.ts"
import { quarantine, rawLimit, Refusal } from "../ReceiveContext.ts"
import { type JsonJob, type Steps, takeAll, type Taker } from "./jsonJob.ts"
import { takeListed } from "./jsonRecord.ts"

/** The lines of one stream of Loki, each of which is an event with the labels of the stream. */
export class LokiStream {
  /** No more of them than an event may have fields. */
  readonly #labels: Json
  readonly #size: number
  /** Lines for which the labels could not be repeated. */
  #left = 0
  readonly #sample: Array<unknown> = []
  #sampled = 0

  constructor(labels: unknown) {
    this.#labels = isObject(labels) ? bounded(labels) : {}
    this.#size = sizeOf(this.#labels)
  }

  readonly take: Taker = (line, job) => {
    if (!Array.isArray(line)) return takeListed(line, job)
    if (this.#left === 0 && job.into.budget.repeats(this.#size)) {
      const metadata = isObject(line[2]) ? line[2] : {}
      return takeListed({ ...this.#labels, ...metadata, timestamp: line[0], message: line[1] }, job)
    }
    this.#left++
    if (this.#sampled < rawLimit) {
      this.#sample.push(line)
      this.#sampled += sizeOf(line)
    }
    return undefined
  }

  /** Quarantines a sample of what could not be taken, as one record. */
  end({ arrival: context, into }: JsonJob): void {
    if (this.#left === 0) return
    const refusal = new Refusal(
      "expands_too_much",
      `Its labels, repeated for each line, are more than the request may become: ${this.#left} lines are left.`
    )
    quarantine(into, refusal, boundedJson(this.#sample), context, true)
  }
}

const bounded = (labels: Json): Json => {
  const entries = Object.entries(labels)
  return entries.length <= eventLimits.fields ? labels : Object.fromEntries(entries.slice(0, eventLimits.fields))
}

/** Takes one stream. */
export const takeStream: Taker = (stream, job) =>
  isObject(stream) && Array.isArray(stream["values"])
    ? takeLines(stream["values"], new LokiStream(stream["stream"]), job)
    : takeListed(stream, job)

function* takeLines(lines: ReadonlyArray<unknown>, stream: LokiStream, job: JsonJob): Steps {
  yield* takeAll(lines, stream.take, job)
  stream.end(job)
}
