import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Books } from "../../../../layers/queue/Books.ts"
import { DeadLetters } from "../../../../layers/queue/DeadLetters.ts"
import { queueRedis } from "../../../../layers/queue/QueueLayer.ts"
import { onServer, Server } from "../../../layers/queue/harness.ts"
import { sides } from "../../../layers/queue/modelTest.ts"
import { die, drain, eventOf } from "./heldQueue.ts"
import { replayAll } from "./sweepChild.ts"

const script = fileURLToPath(new URL("sweepChild.ts", import.meta.url))

/** Runs the replay in a program of its own, and says by which signal it ended. */
const killed = (args: ReadonlyArray<string>) =>
  Effect.callback<string | null>((resume) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: "inherit" })
    child.on("exit", (_, signal) => resume(Effect.succeed(signal)))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

for (const flavour of ["redis", "valkey"] as const) {
  const world = queueRedis("mutt:{ingest}").pipe(Layer.provideMerge(onServer(flavour)))
  layer(world, { excludeTestServices: true })(`a replay by filter on ${flavour}`, (it) => {
    it.effect("whose program is killed in the middle goes on, and each event ends once", () =>
      Effect.gen(function*() {
        const { password, port, user } = yield* Server
        const letters = yield* DeadLetters
        const books = yield* Books
        yield* die(Array.from({ length: 10_000 }, (_, index) => eventOf(index, "sw1")))
        const args = [String(port), user ?? "", password ?? "", "10000", "5"]
        assert.strictEqual(yield* killed(args), "SIGKILL")
        const left = yield* letters.count("events")
        assert.strictEqual(left, 9_200)
        for (const [one, other] of sides(yield* books.page)) assert.strictEqual(one, other)

        const progress = yield* replayAll(10_000, Effect.void)
        assert.deepInclude(progress, { moved: left, skipped: 10_000 - left, left: 0 })
        const ids = (yield* drain).map((payload) => JSON.parse(payload).id)
        assert.deepStrictEqual(ids, Array.from({ length: 10_000 }, (_, index) => `e-${index}`))
        assert.strictEqual(yield* letters.count("events"), 0)
        for (const [one, other] of sides(yield* books.page)) assert.strictEqual(one, other)
      }), 120_000)
  })
}
