// Breaks a stack in one way after the other, and checks that a Prometheus with the shipped rules tells of each, and pages
// for nothing else.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { findPrometheus } from "../../stack/PrivatePrometheus.ts"
import { printProofs } from "../Proof.ts"
import { tryWay } from "./tryWay.ts"
import { ways } from "./ways.ts"
import { startWorld } from "./World.ts"

const usage = `Usage: npm run alarm-proof -- [options]

A real stack, a real Prometheus, thirteen ways to break it. Each must fire its alert within its \`for\` and a minute, and no
other page. The \`for\` of every rule is made shorter by one factor, as there is one of two hours; nothing else is changed.

  --factor N    what each \`for\` is multiplied by (default 0.0167, a minute becomes a second)
  --only TEXT   only the ways with this text in their name
  --json        figures for programs
  --help        this text
`

const { values } = parseArgs({
  options: {
    factor: { type: "string", default: "0.0167" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const bin = yield* findPrometheus
  if (bin === undefined) return yield* Effect.die("There is no Prometheus here: install it, or set PROMETHEUS_BIN")
  const world = yield* startWorld
  const chosen = ways.filter(({ name }) => name.includes(values.only))
  const proofs = yield* Effect.forEach(chosen, (way) =>
    tryWay(world, bin, way, Number(values.factor)).pipe(
      Effect.tap(({ figures, problems, what }) =>
        Console.error(`${what} ${JSON.stringify(figures)} ${problems.join("; ")}`)
      )
    ))
  yield* printProofs(proofs, values.json)
}).pipe(Effect.scoped)

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
