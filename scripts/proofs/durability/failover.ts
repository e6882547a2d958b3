import { Effect, Fiber } from "effect"
import { queueKeys } from "../../../layers/queue/keys.ts"
import type { Proof } from "../Proof.ts"
import { makePair, tokensIn } from "./Pair.ts"
import { startIngestor } from "./startIngestor.ts"

type Level = "local" | "replicated"

const { stream } = queueKeys("mutt:{ingest}")
const senders = 8
const aliveMs = 1_000

/** Sends until it is interrupted, and notes what was answered with a 2xx. */
const send = (url: string, key: string, next: () => string, acknowledged: Set<string>) =>
  Effect.gen(function*() {
    const token = next()
    const status = yield* Effect.tryPromise((signal) =>
      fetch(`${url}/api/v2/ingest`, {
        method: "POST",
        headers: { "x-api-key": key, "content-type": "application/json" },
        body: JSON.stringify({ hostname: "sw1", message: `said ${token}` }),
        signal
      }).then(async (answer) => {
        await answer.arrayBuffer()
        return answer.status
      })
    ).pipe(Effect.orElseSucceed(() => 0))
    if (status === 200) acknowledged.add(token)
  }).pipe(Effect.forever)

/**
 * Freezes the way to the replica under load, kills the primary a second later, promotes the replica, and counts what was
 * acknowledged and is not there.
 */
export const failover = (level: Level) =>
  Effect.gen(function*() {
    const { link, primary, promote, replica } = yield* makePair
    const { key, url } = yield* startIngestor(primary, {
      INGEST_DURABILITY: level,
      INGEST_DURABILITY_TIMEOUT_MS: "500"
    })
    const acknowledged = new Set<string>()
    let sent = 0
    const next = () => `token-${++sent}-end`
    const load = yield* Effect.forkChild(
      Effect.forEach(Array.from({ length: senders }), () => send(url, key, next, acknowledged), {
        concurrency: "unbounded",
        discard: true
      })
    )
    yield* Effect.sleep(aliveMs)
    const before = acknowledged.size
    yield* link.freeze(true)
    yield* Effect.sleep(aliveMs)
    yield* primary.kill
    yield* promote
    yield* Fiber.interrupt(load)
    const kept = yield* tokensIn(replica, stream)
    const lost = [...acknowledged].filter((token) => !kept.has(token)).length
    return { acknowledged: acknowledged.size, before, lost }
  }).pipe(Effect.scoped)

/** Rounds of one level: `replicated` loses nothing, and `local` something in each, or the test would prove nothing. */
export const failovers = Effect.fnUntraced(function*(level: Level, rounds: number) {
  const problems: Array<string> = []
  let [acknowledged, lost] = [0, 0]
  for (let round = 1; round <= rounds; round++) {
    const one = yield* failover(level)
    acknowledged += one.acknowledged
    lost += one.lost
    if (one.before === 0) problems.push(`round ${round}: nothing was acknowledged before the link was frozen`)
    if (level === "replicated" && one.lost > 0) {
      problems.push(`round ${round}: ${one.lost} acknowledged events are lost`)
    }
    if (level === "local" && one.lost === 0) problems.push(`round ${round}: nothing was lost, so it proves nothing`)
  }
  const proof: Proof = {
    what: level === "replicated"
      ? "replicated: the primary dies and no acknowledged event with it"
      : "local (the control): what the replica lacked is lost",
    figures: { rounds, "acknowledged events": acknowledged, "of these lost": lost },
    problems
  }
  return proof
})
