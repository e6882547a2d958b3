// Replays all dead events of a server by filter, and is killed at a step:
// node sweepChild.ts <port> <user> <password> <expected> <step>
import { Effect, Layer, Logger } from "effect"
import { DeadLetters } from "../../../../layers/queue/DeadLetters.ts"
import { queueRedis } from "../../../../layers/queue/QueueLayer.ts"
import { letterSearch } from "../../../../services/web-ui/deadLetters/letterSpan.ts"
import { replayStep } from "../../../../services/web-ui/deadLetters/letterSteps.ts"
import { noProgress, planSweep, sweep } from "../../../../services/web-ui/deadLetters/LetterSweep.ts"
import { connected } from "../../../layers/connections.ts"

const [port = "", username = "", password = "", expected = "", step = ""] = process.argv.slice(2)

/** What a request by filter does, under an operation of this name. */
export const replayAll = Effect.fnUntraced(function*(count: number, before: Effect.Effect<void>) {
  const letters = yield* DeadLetters
  const filter = { host: "sw1" }
  const search = yield* letterSearch(filter)
  const plan = yield* planSweep(letters, "events", search, count, "killed")
  const progress = noProgress(plan)
  const replay = replayStep(letters, "events")
  yield* sweep(letters, "events", filter, search, plan, progress, (ids) => Effect.andThen(before, replay(ids)), 60_000)
  return progress
})

if (import.meta.main) {
  const program = Effect.gen(function*() {
    const { redis } = yield* connected({ redis: { port: Number(port), username } }, { REDIS_PASS: password })
    const queue = queueRedis("mutt:{ingest}").pipe(Layer.provide(redis), Layer.provide(Logger.layer([])))
    let left = Number(step)
    const until = Effect.sync(() => void (--left === 0 && process.kill(process.pid, "SIGKILL")))
    return yield* Effect.provide(replayAll(Number(expected), until), queue)
  })
  await Effect.runPromise(Effect.scoped(program))
}
