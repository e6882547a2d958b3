import { Clock, Effect, Fiber, Option, Random, Schedule } from "effect"
import { queueKeys } from "../../../layers/queue/keys.ts"
import type { Proof } from "../Proof.ts"
import { makeLoad } from "./load.ts"
import { type Arrangement, arrangements } from "./Servers.ts"
import { startIngestor } from "./startIngestor.ts"
import { tokensIn } from "./tokens.ts"

/** Whether the level is to be shown as safe, or as one that is not. */
export type Kind = "safe" | "control"

const { stream } = queueKeys("mutt:{ingest}")
/** How long the others may take to find a successor, and senders then to be answered again. */
const patience = "60 seconds"

/** About a second, another one in each round. */
const aWhile = Effect.flatMap(Random.nextIntBetween(700, 1_300), (ms) => Effect.sleep(ms))

/**
 * Freezes the ways under load, kills the primary a second later, waits until another has taken over, and counts what
 * was acknowledged and is not there, and what is there twice.
 */
const failover = (arrangement: Arrangement, kind: Kind) =>
  Effect.gen(function*() {
    const { make, [kind]: level } = arrangements[arrangement]
    const { freeze, goOn, kill, redis, successor } = yield* make
    const ingestor = yield* startIngestor(redis.server, {
      INGEST_DURABILITY: level,
      INGEST_DURABILITY_TIMEOUT_MS: "500",
      ...redis.settings
    }, redis.secrets)
    const { acknowledged, send } = makeLoad(ingestor)
    const load = yield* Effect.forkChild(send)
    yield* aWhile
    const before = acknowledged.size
    for (const one of freeze) {
      yield* one
      yield* aWhile
    }
    yield* kill
    const killed = yield* Clock.currentTimeMillis
    const then = acknowledged.size
    const problems: Array<string> = []
    const admin = yield* Effect.timeoutOption(successor, patience)
    let answeredMs = 0
    if (Option.isNone(admin)) problems.push("nobody took over")
    else if (goOn !== undefined) {
      yield* goOn
      const answered = Effect.suspend(() => acknowledged.size > then + 20 ? Effect.void : Effect.fail("not yet")).pipe(
        Effect.retry(Schedule.spaced("20 millis")),
        Effect.timeoutOption(patience)
      )
      if (Option.isNone(yield* answered)) problems.push("nothing was acknowledged by the one that took over")
      answeredMs = (yield* Clock.currentTimeMillis) - killed
    }
    yield* Fiber.interrupt(load)
    if (Option.isNone(admin)) return { acknowledged: acknowledged.size, lost: 0, twice: 0, answeredMs, problems }
    const kept = yield* tokensIn(admin.value, stream)
    const lost = [...acknowledged].filter((token) => !kept.has(token)).length
    const twice = [...kept.values()].filter((count) => count > 1).length
    if (before === 0) problems.push("nothing was acknowledged before the link was frozen")
    if (twice > 0) problems.push(`${twice} events are there twice`)
    if (kind === "safe" && lost > 0) problems.push(`${lost} acknowledged events are lost`)
    if (kind === "control" && lost === 0) problems.push("nothing was lost, so it proves nothing")
    return { acknowledged: acknowledged.size, lost, twice, answeredMs, problems }
  }).pipe(Effect.scoped)

/** Rounds of one kind: `safe` loses nothing, and `control` something in each, or the test would prove nothing. */
export const failovers = Effect.fnUntraced(function*(arrangement: Arrangement, kind: Kind, rounds: number, seed = 1) {
  const problems: Array<string> = []
  let [acknowledged, lost, twice, slowest] = [0, 0, 0, 0]
  for (let round = 0; round < rounds; round++) {
    const one = yield* Random.withSeed(failover(arrangement, kind), seed + round)
    acknowledged += one.acknowledged
    lost += one.lost
    twice += one.twice
    slowest = Math.max(slowest, one.answeredMs)
    problems.push(...one.problems.map((problem) => `seed ${seed + round}: ${problem}`))
  }
  const { [kind]: level, what } = arrangements[arrangement]
  const proof: Proof = {
    what: `${arrangement}: ${what}; ${level} loses ${kind === "safe" ? "nothing" : "some (the control)"}`,
    figures: {
      rounds,
      "acknowledged events": acknowledged,
      "of these lost": lost,
      "events stored twice": twice,
      ...(slowest > 0 ? { "until acknowledged again, ms at most": slowest } : {})
    },
    problems
  }
  return proof
})
