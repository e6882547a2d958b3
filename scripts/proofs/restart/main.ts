// Restarts all programs one after the other under load, behind balancers, and says what their senders noticed.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { programNames } from "../../stack/Program.ts"
import { printProofs } from "../Proof.ts"
import { drained, undrained } from "./restartAll.ts"

const usage = `Usage: npm run restart-proof -- [options]

Two replicas of each program, each behind a balancer that reads /readyz each second. All are restarted one after the other, with a drain and, as
a control, the ingestors and web-uis without.

  --rate N      requests a second (default 500)
  --drain N     seconds that programs drain (default 3)
  --rounds N    times that each replica is restarted (default 2)
  --json        print JSON instead of a table
  --help        this text
`

const { values } = parseArgs({
  options: {
    rate: { type: "string", default: "500" },
    drain: { type: "string", default: "3" },
    rounds: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const tell = (words: string) => Console.error(words)
  const rate = Number(values.rate)
  const proof = yield* drained({
    rate,
    tell,
    drainSeconds: Number(values.drain),
    rounds: Number(values.rounds),
    programs: programNames
  })
  const control = yield* undrained({ rate, tell, drainSeconds: 0, rounds: 1, programs: ["ingestor", "web-ui"] })
  yield* printProofs([proof, control], values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
