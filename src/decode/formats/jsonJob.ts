import { type Decoded, hasRoom, type ReceiveContext } from "../ReceiveContext.ts"
import type { Doubts } from "./jsonText.ts"

/** Work that pauses now and then. */
export type Steps = Generator<void, void>

/** One JSON body on its way. */
export interface JsonJob extends Doubts {
  readonly into: Decoded
  arrival: ReceiveContext
  /** The index that the action line of a `_bulk` body names for the next document. */
  index?: string | undefined
  /** What the last value left to run. */
  rest: Steps | undefined
  /** Is it time to pause? */
  due: boolean
}

/** Takes one value; what it returns is still to be run. */
export type Taker = (value: unknown, job: JsonJob) => Steps | undefined

/** Takes the values one by one, with pauses. `length` is how many characters they took. */
export function* takeAll(values: ReadonlyArray<unknown>, take: Taker, job: JsonJob, length = 0): Steps {
  for (let next = 0; next < values.length;) {
    next = takeSome(values, next, take, job, length / values.length)
    yield* pause(job)
  }
}

/** Takes values up to a pause; where it came to. No generator itself: those are optimized less well. */
const takeSome = (values: ReadonlyArray<unknown>, from: number, take: Taker, job: JsonJob, each: number): number => {
  const { into } = job
  for (let next = from; next < values.length;) {
    if (!hasRoom(into)) break
    job.rest = take(values[next++], job)
    job.due = into.budget.works(each)
    if (job.due || job.rest !== undefined) return next
  }
  return values.length
}

/** Runs what the job has left to run, and pauses when it is time. */
export function* pause(job: JsonJob): Steps {
  const { due, rest } = job
  job.rest = undefined
  job.due = false
  if (rest !== undefined) yield* rest
  if (due) yield
}
