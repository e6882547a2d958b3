import type { Arrivals } from "../../../layers/audit/EventList.ts"
import type { EventBatch } from "../../../src/api/web-ui/EventLists.ts"

/** Rows of one batch, and rows that wait for a reader. */
export const batchRows = 200
export const mostWaiting = 1_000

/** What waits for one reader: the newest rows. What he is too slow for is counted, and not kept. */
export class TailBuffer {
  #rows: Array<Arrivals["rows"][number]> = []
  #skipped = 0
  #place: string

  constructor(place: string) {
    this.#place = place
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  /** Takes what came in, up to a place, and says how many rows it left out for that. */
  add(rows: Arrivals["rows"], place: string): number {
    this.#rows.push(...rows)
    const over = Math.max(0, this.#rows.length - mostWaiting)
    this.#rows.splice(0, over)
    this.#skipped += over
    this.#place = place
    return over
  }

  /** The next batch, and the place to go on from after it. */
  take(): EventBatch & { readonly place: string } {
    const taken = this.#rows.splice(0, batchRows)
    const skipped = this.#skipped
    this.#skipped = 0
    const place = this.isEmpty ? this.#place : taken.at(-1)?.place ?? this.#place
    return { rows: taken.map(({ row }) => row), skipped, place }
  }
}
