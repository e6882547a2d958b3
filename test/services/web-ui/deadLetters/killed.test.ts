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

/** Runs the replay in a program of its own, which is killed at a step. */
const killedAt = (step: number, args: ReadonlyArray<string>) =>
  Effect.callback<number>((resume) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    let steps = 0
    child.stdout.on("data", (chunk: Buffer) => {
      steps += chunk.toString().split("\n").length - 1
      if (steps >= step) child.kill("SIGKILL")
    })
    child.on("exit", () => resume(Effect.succeed(steps)))
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
        const steps = yield* killedAt(5, [String(port), user ?? "", password ?? "", "10000"])
        assert.isAtLeast(steps, 5)
        const left = yield* letters.count("events")
        assert.isAbove(left, 0)
        assert.isBelow(left, 10_000)
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
