import { Clock, Effect } from "effect"
import { DynamicConfig } from "../../layers/config/DynamicConfig.ts"
import { type Check, type CheckResult, within } from "../../layers/http/HealthCheck.ts"
import { EventQueue, type FullBy, type Load } from "../../layers/queue/EventQueue.ts"
import type { QueueUnavailable } from "../../layers/queue/QueueUnavailable.ts"
import { IngestBatcher } from "./IngestBatcher.ts"

/** The smallest event, of any sender. */
const least: Load = { sender: "", events: 1, bytes: 1 }
/** How long senders find no room here before the program is unready. */
const patienceMs = 5_000

const words: Readonly<Record<FullBy, string>> = {
  events: "the queue is full",
  bytes: "the queue holds as many bytes as it may",
  share: "a key has filled its share of the queue"
}

/**
 * Asks Redis whether it takes events and the queue has room. A key that has filled its share makes the program unready
 * only when nothing else was stored here for some seconds: others have room.
 */
export const queueCheck = Effect.gen(function*() {
  const queue = yield* EventQueue
  const batcher = yield* IngestBatcher
  const config = yield* DynamicConfig

  const checkRoom = Effect.gen(function*(): Effect.fn.Return<CheckResult, QueueUnavailable> {
    const { max_ingest_queue_bytes: capacityBytes, max_ingest_queue_size: capacity } = config.snapshot().values
    const limits = { capacity, capacityBytes }
    const full = yield* queue.room(least, limits)
    if (full !== undefined) return { state: "down", detail: full === "bytes" ? words.bytes : words.events }
    const refused = batcher.refused()
    const still = refused === undefined ? undefined : yield* queue.room(refused, limits)
    if (refused === undefined || still === undefined) return { state: "ok", ageMs: 0 }
    const lasting = (yield* Clock.currentTimeMillis) - refused.since >= patienceMs
    return { state: lasting ? "down" : "degraded", detail: words[still] }
  })

  const check: Check = {
    name: "queue",
    required: true,
    check: within(
      Effect.catch(checkRoom, (error) => Effect.succeed<CheckResult>({ state: "down", detail: reasonOf(error) }))
    )
  }
  return check
})

/** The word by which Redis refuses, or why it was not reached; the rest is for the log. */
const reasonOf = ({ detail }: QueueUnavailable): string => {
  const [reason, word] = /^(\w+): (?:ERR )?([A-Z]{3,})?/.exec(detail)?.slice(1) ?? []
  return word === "OOM" ? "Redis is out of memory" : `Redis takes no events: ${word ?? reason ?? "no answer"}`
}
