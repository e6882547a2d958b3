import type { Topic } from "../../../src/api/web-ui/Stream.ts"

/** One thing that is told of a topic: its whole state, as JSON. */
export interface Told {
  readonly id: number
  readonly topic: Topic
  readonly data: string
}

/** From one telling of a topic to the next. */
const pauseMs = 1_000

/** What waits for one reader: of each topic the newest. Slow ones miss what was between. */
export class TopicBuffer {
  readonly #waiting = new Map<Topic, Told>()
  /** When each topic may be told again. */
  readonly #from = new Map<Topic, number>()

  add(told: Told): void {
    this.#waiting.set(told.topic, told)
  }

  /** Takes what may be told now. */
  take(now: number): ReadonlyArray<Told> {
    const ready = [...this.#waiting.values()].filter(({ topic }) => this.#mayTell(topic) <= now)
    for (const { topic } of ready) {
      this.#waiting.delete(topic)
      this.#from.set(topic, now + pauseMs)
    }
    return ready
  }

  /** When the first of what waits may be told; `undefined`: nothing waits. */
  get next(): number | undefined {
    return this.#waiting.size === 0
      ? undefined
      : Math.min(...Array.from(this.#waiting.keys(), (topic) => this.#mayTell(topic)))
  }

  #mayTell(topic: Topic): number {
    return this.#from.get(topic) ?? 0
  }
}
