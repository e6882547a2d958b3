import { Clock, Effect } from "effect"
import { redisAdmin } from "../../../test/layers/connections.ts"
import { percentile, type Proof } from "../Proof.ts"
import { makePair } from "./Pair.ts"
import { startIngestor } from "./startIngestor.ts"

const shapes = {
  "NDJSON 500": { records: 500, callers: 3, share: 0.9 },
  single: { records: 1, callers: 64, share: 0.4 }
} as const

type Shape = keyof typeof shapes

/** Events a second of so many callers, and how long each of their requests took. */
const measure = (url: string, key: string, { callers, records }: (typeof shapes)[Shape], seconds: number) =>
  Effect.gen(function*() {
    const line = JSON.stringify({ hostname: "sw1", message: "interface Gi0/1 changed state to down" })
    const body = `${line}\n`.repeat(records)
    const until = (yield* Clock.currentTimeMillis) + seconds * 1_000
    const took: Array<number> = []
    let failed = 0
    const post = Effect.gen(function*() {
      const started = performance.now()
      const status = yield* Effect.promise(async () => {
        const answer = await fetch(`${url}/api/v2/ingest`, {
          method: "POST",
          headers: { "x-api-key": key, "content-type": "application/x-ndjson" },
          body
        })
        await answer.arrayBuffer()
        return answer.status
      })
      if (status === 200) took.push(performance.now() - started)
      else failed++
    })
    const caller = Effect.repeat(post, { while: () => Effect.map(Clock.currentTimeMillis, (now) => now < until) })
    yield* Effect.forEach(Array.from({ length: callers }), () => caller, { concurrency: "unbounded", discard: true })
    return { perSecond: (took.length * records) / seconds, p99: percentile(took, 0.99), failed }
  })

/** Compares both levels, by turns, on one pair of servers. */
export const speed = (seconds: number) =>
  Effect.gen(function*() {
    const { primary } = yield* makePair
    const admin = yield* redisAdmin(primary)
    const local = yield* startIngestor(primary, {})
    const replicated = yield* startIngestor(primary, { INGEST_DURABILITY: "replicated" })
    const figures: Record<string, number> = {}
    const problems: Array<string> = []
    for (const name of Object.keys(shapes) as ReadonlyArray<Shape>) {
      const shape = shapes[name]
      const one = Effect.fnUntraced(function*({ key, url }: typeof local) {
        yield* measure(url, key, shape, 1)
        const made = yield* measure(url, key, shape, seconds)
        yield* admin.command("FLUSHALL")
        return made
      })
      const [near, far] = [yield* one(local), yield* one(replicated)]
      const share = far.perSecond / near.perSecond
      figures[`${name}: local, events/s`] = Math.round(near.perSecond)
      figures[`${name}: replicated, events/s`] = Math.round(far.perSecond)
      figures[`${name}: share of local, %`] = Math.round(100 * share)
      figures[`${name}: replicated, p99 ms`] = far.p99
      if (near.failed + far.failed > 0) problems.push(`${name}: ${near.failed + far.failed} requests failed`)
      if (share < shape.share) problems.push(`${name}: ${share.toFixed(2)} of local, not ${shape.share}`)
      if (name === "single" && far.p99 > 100) problems.push(`${name}: p99 is ${far.p99} ms, not 100`)
    }
    const proof: Proof = { what: "what waiting for a replica costs, both servers on one disk", figures, problems }
    return proof
  }).pipe(Effect.scoped)
