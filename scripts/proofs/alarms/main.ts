// Breaks a stack in one way after the other, and checks that a Prometheus with the shipped rules tells of each, and pages
// for nothing else.
import { Console, Effect } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { findPrometheus } from "../../stack/PrivatePrometheus.ts"
import { printProofs } from "../Proof.ts"
import { options } from "./options.ts"
import { tryWay } from "./tryWay.ts"
import { ways } from "./ways.ts"
import { startWorld } from "./World.ts"

runScript(options, function*({ factor, json, only = "" }) {
  const bin = yield* findPrometheus
  if (bin === undefined) return yield* Effect.die("There is no Prometheus here: install it, or set PROMETHEUS_BIN")
  const world = yield* startWorld
  const chosen = ways.filter(({ name }) => name.includes(only))
  const proofs = yield* Effect.forEach(chosen, (way) =>
    tryWay(world, bin, way, factor).pipe(
      Effect.tap(({ figures, problems, what }) =>
        Console.error(`${what} ${JSON.stringify(figures)} ${problems.join("; ")}`)
      )
    ))
  yield* printProofs(proofs, json)
})
