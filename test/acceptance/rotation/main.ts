// Rotates passwords under load, by hand and by the controller, and prints what it cost.
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { byHand, type Tell, withoutFallback } from "./byHand.ts"
import { type Proof, table } from "./Proof.ts"
import { recovery } from "./recovery.ts"
import { makeWorld } from "./World.ts"

const usage = `Usage: npm run rotation-proof -- [options]

Two replicas of each program on a PostgreSQL and a Redis of their own, 500 events a second, connections replaced each second.

  --by-hand N     rotations by hand, each in an order of its own (default 18: every order of both passwords)
  --seed N        what chance decides follows from it (default 1)
  --json          print JSON instead of a table
  --help          this text
`

const { values } = parseArgs({
  options: {
    "by-hand": { type: "string", default: "18" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const tell: Tell = (words) => values.json ? Effect.void : Console.error(words)

const play = Effect.gen(function*() {
  const seed = Number(values.seed)
  const world = yield* makeWorld
  const hand = yield* byHand(world, { seed, rotations: Number(values["by-hand"]), tell })
  yield* tell("the control: no fallback")
  const found = yield* withoutFallback(world, { seed: seed + 1, postings: hand.postings, tell })
  const control: Proof = {
    what: "The control, without NEXT in the store, fails",
    figures: { "failures of DB_PASS": found.DB_PASS.length, "failures of REDIS_PASS": found.REDIS_PASS.length },
    problems: Object.entries(found).filter(([, problems]) => problems.length === 0).map(([name]) =>
      `${name} did not fail`
    )
  }
  yield* tell("both values refused, then the store corrected")
  return [hand.proof, control, yield* recovery(world)]
}).pipe(Effect.scoped)

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const proofs = yield* play
  yield* Console.log(values.json ? JSON.stringify(proofs, undefined, 2) : table(proofs))
  if (proofs.some(({ problems }) => problems.length > 0)) process.exitCode = 1
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
