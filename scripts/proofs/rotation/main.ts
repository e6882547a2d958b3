// Rotates passwords under load, by hand and by the controller, and prints what it cost.
import { Console } from "effect"
import { seeded } from "../../bench/Random.ts"
import { runScript } from "../../command-line/Script.ts"
import { printProofs, type Proof } from "../Proof.ts"
import { controllerKills, kills } from "./controllerKills.ts"
import { controllerRotations } from "./controllerRotations.ts"
import { makeHarness } from "./Harness.ts"
import { makeJournal } from "./Journal.ts"
import { manualRotations, type Tell, withoutFallback } from "./manualRotations.ts"
import { options } from "./options.ts"
import { recovery } from "./recovery.ts"
import { passwordNames } from "./SecretFile.ts"
import { startsAtEachState } from "./startsDuringRotation.ts"

const tell: Tell = (words) => Console.error(words)

runScript(options, function*({ byHand, json, kills: killed, rotations, seed }) {
  const harness = yield* makeHarness
  const journal = yield* makeJournal(harness.accounts.sql)
  const random = seeded(seed)
  const proofs: Array<Proof> = []
  const manual = yield* manualRotations(harness, { seed, rotations: byHand, tell })
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
  if (killed > 0) {
    const chosen = killed >= kills.length ? kills : Array.from({ length: killed }, () => random.pick(kills))
    proofs.push(yield* controllerKills(harness, journal, { kills: chosen, random, tell }))
  }
  yield* tell("both values refused, then the store corrected")
  proofs.push(yield* recovery(harness))
  yield* printProofs(proofs, json)
})
