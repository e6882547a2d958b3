// Replays all dead events of a server by filter, and prints a line before each step, so that a test can end it anywhere:
// node sweepChild.ts <port> <user> <password> <expected>
import { Effect, Layer, Logger } from "effect"
import { DeadLetters } from "../../../../layers/queue/DeadLetters.ts"
import { queueRedis } from "../../../../layers/queue/QueueLayer.ts"
import { letterSearch } from "../../../../services/web-ui/deadLetters/letterSpan.ts"
import { replayStep } from "../../../../services/web-ui/deadLetters/letterSteps.ts"
import { noProgress, planSweep, sweep } from "../../../../services/web-ui/deadLetters/LetterSweep.ts"
import { connected } from "../../../layers/connections.ts"

const [port = "", username = "", password = "", expected = ""] = process.argv.slice(2)

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
    const line = Effect.sync(() => void process.stdout.write("step\n"))
    return yield* Effect.provide(replayAll(Number(expected), line), queue)
  })
  await Effect.runPromise(Effect.scoped(program))
}
