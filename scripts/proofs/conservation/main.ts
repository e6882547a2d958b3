// Injects faults into a whole stack under load and checks that no event was lost or doubled, seed after seed.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { full, replicas, short } from "./Plan.ts"
import { report, runSeed, summary } from "./run.ts"
import { makeStack } from "./Stack.ts"

const usage = `Usage: npm run conservation -- [options]

  --seeds N   how many seeds to run (default 10)
  --first N   the first of them (default 1)
  --full      100 s of load a seed, PostgreSQL down for 30 s and the platform for 60 s; without it 5 s, 2.5 s and 3 s
  --help      this text
`

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    first: { type: "string", default: "1" },
    full: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const failed = (why: string) => Effect.andThen(Console.error(why), Effect.sync(() => void (process.exitCode = 1)))

const runOne = (seed: number) =>
  Effect.scoped(Effect.gen(function*() {
    const stack = yield* makeStack({ replicas })
    const scale = values.full ? full : short
    const { plan, verdict } = yield* runSeed(stack, seed, scale, [])
    yield* Console.log(summary(verdict, plan))
    // A failure, so that the logs stay.
    if (verdict.problems.length > 0) yield* Effect.fail(new Error(report(verdict, plan, stack, scale)))
  })).pipe(Effect.catch((error) => failed(error instanceof Error ? error.message : `Seed ${seed}: ${String(error)}`)))

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const first = Number(values.first)
  for (let seed = first; seed < first + Number(values.seeds); seed++) yield* runOne(seed)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
