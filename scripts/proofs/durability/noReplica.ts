import { Clock, Effect, Schedule } from "effect"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { redisAdmin } from "../../../test/layers/connections.ts"
import type { Proof } from "../Proof.ts"
import { makePair } from "./Pair.ts"
import { startIngestor } from "./startIngestor.ts"
import { tokensIn } from "./tokens.ts"

const timeoutMs = 1_000
/** What an answer may take beside the wait. */
const graceMs = 100
const { stream } = queueKeys("mutt:{ingest}")

/** Takes the replica away, and looks at what a sender with an Idempotency-Key hears, and finds once it is back. */
export const noReplica = Effect.gen(function*() {
  const { follow, link, primary } = yield* makePair
  const { key, url } = yield* startIngestor(primary, {
    INGEST_DURABILITY: "replicated",
    INGEST_DURABILITY_TIMEOUT_MS: String(timeoutMs)
  })
  const post = Effect.fnUntraced(function*(number: number) {
    const started = yield* Clock.currentTimeMillis
    const answer = yield* Effect.promise(async () => {
      const answer = await fetch(`${url}/api/v2/ingest`, {
        method: "POST",
        headers: { "x-api-key": key, "content-type": "application/json", "idempotency-key": `n-${number}` },
        body: JSON.stringify({ hostname: "sw1", message: `said token-${number}-end` })
      })
      await answer.arrayBuffer()
      return { status: answer.status, retryAfter: answer.headers.get("retry-after") }
    })
    return { ...answer, ms: (yield* Clock.currentTimeMillis) - started }
  })
  const problems: Array<string> = []
  const first = yield* post(0)
  if (first.status !== 200) problems.push(`with a replica: ${first.status}`)
  yield* link.freeze(true)
  let slowest = 0
  for (const number of [1, 2, 3, 4, 5]) {
    const { ms, retryAfter, status } = yield* post(number)
    slowest = Math.max(slowest, ms)
    if (status !== 503 || retryAfter !== "2") problems.push(`without a replica: ${status}, Retry-After ${retryAfter}`)
    if (ms > timeoutMs + graceMs) problems.push(`without a replica: answered after ${ms} ms`)
  }
  yield* link.freeze(false)
  yield* Effect.orDie(follow)
  for (const number of [1, 2, 3, 4, 5]) {
    yield* post(number).pipe(
      Effect.repeat({ until: ({ status }) => status === 200, schedule: Schedule.spaced("50 millis") })
    )
  }
  const stored = yield* tokensIn(yield* redisAdmin(primary), stream)
  const metrics = yield* Effect.promise(() => fetch(`${url}/metrics`).then((answer) => answer.text()))
  const counted = Number(/^mutt_ingest_unreplicated_total (\d+)/m.exec(metrics)?.[1] ?? 0)
  const events = Number(/^mutt_ingest_events_total\{source="http"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
  if (stored.size !== 6) problems.push(`${stored.size} of 6 events are stored`)
  const proof: Proof = {
    what: "no replica there: 503 in time, and each event stored once when it is back",
    figures: {
      "timeout, ms": timeoutMs,
      "slowest 503, ms": slowest,
      "batches counted as unreplicated": counted,
      "events counted": events,
      "events stored": stored.size
    },
    problems
  }
  return proof
}).pipe(Effect.scoped)
