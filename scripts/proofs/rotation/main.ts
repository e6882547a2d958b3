// Rotates passwords under load, by hand and by the controller, and prints what it cost.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { seeded } from "../../bench/Random.ts"
import { printProofs, type Proof } from "../Proof.ts"
import { controllerKills, kills } from "./controllerKills.ts"
import { controllerRotations } from "./controllerRotations.ts"
import { makeHarness } from "./Harness.ts"
import { makeJournal } from "./Journal.ts"
import { manualRotations, type Tell, withoutFallback } from "./manualRotations.ts"
import { recovery } from "./recovery.ts"
import { passwordNames } from "./SecretFile.ts"
import { startsAtEachState } from "./startsDuringRotation.ts"

const usage = `Usage: npm run rotation-proof -- [options]

Two replicas of each program on a PostgreSQL and a Redis of their own, 500 events a second, connections replaced each second.

  --rotations N   rotations of each password by the controller (default 20)
  --by-hand N     rotations by hand, each in an order of its own (default 18: every order for both passwords)
  --kills N       kills of the controller, at as many points of its journal (default ${kills.length}: all)
  --seed N        what chance decides follows from it (default 1)
  --json          print JSON instead of a table
  --help          this text
`

const { values } = parseArgs({
  options: {
    rotations: { type: "string", default: "20" },
    "by-hand": { type: "string", default: "18" },
    kills: { type: "string", default: String(kills.length) },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const tell: Tell = (words) => Console.error(words)

const run = Effect.gen(function*() {
  const seed = Number(values.seed)
  const rotations = Number(values.rotations)
  const harness = yield* makeHarness
  const journal = yield* makeJournal(harness.accounts.sql)
  const random = seeded(seed)
  const proofs: Array<Proof> = []
  const manual = yield* manualRotations(harness, { seed, rotations: Number(values["by-hand"]), tell })
  proofs.push(manual.proof)
  let { postings } = manual
  if (rotations > 0) {
    const controlled = yield* controllerRotations(harness, journal, { seed: seed + 1, rotations, postings, tell })
    proofs.push(controlled.proof)
    postings = controlled.postings
  }
  yield* tell("the control: no fallback")
  const found = yield* withoutFallback(harness, { seed: seed + 2, postings, tell })
  proofs.push({
    what: "The control, without NEXT in the store, fails",
    figures: { "failures of DB_PASS": found.DB_PASS.length, "failures of REDIS_PASS": found.REDIS_PASS.length },
    problems: Object.entries(found).filter(([, problems]) => problems.length === 0).map(([name]) =>
      `${name} did not fail`
    )
  })
  if (rotations > 0) proofs.push(yield* startsAtEachState(harness, journal, { names: passwordNames, tell }))
  const killed = Number(values.kills)
  if (killed > 0) {
    const chosen = killed >= kills.length ? kills : Array.from({ length: killed }, () => random.pick(kills))
    proofs.push(yield* controllerKills(harness, journal, { kills: chosen, random, tell }))
  }
  yield* tell("both values refused, then the store corrected")
  proofs.push(yield* recovery(harness))
  return proofs
}).pipe(Effect.scoped)

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  yield* printProofs(yield* run, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
