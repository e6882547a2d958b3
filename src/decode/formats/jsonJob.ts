import { type Arrival, type Decoded, hasRoom } from "../Arrival.ts"
import type { Doubts } from "./jsonText.ts"

/** Work that pauses now and then. */
export type Steps = Generator<void, void>

/** One JSON body on its way. */
export interface JsonJob extends Doubts {
  readonly into: Decoded
  readonly arrival: Arrival
  /** The index that the action line of a `_bulk` body names for the next document. */
  index?: string | undefined
}

/** Takes one value; what it returns is still to be run. */
export type Taker = (value: unknown, job: JsonJob) => Steps | undefined

/** Takes the values one by one, with pauses. `length` is how many characters they took. */
export function* takeAll(values: ReadonlyArray<unknown>, take: Taker, job: JsonJob, length = 0): Steps {
  const { into } = job
  const each = length / values.length
  for (const value of values) {
    if (!hasRoom(into)) return
    const more = take(value, job)
    if (more !== undefined) yield* more
    if (into.budget.works(each)) yield
  }
}
