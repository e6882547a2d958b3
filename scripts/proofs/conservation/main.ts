// Injects faults into a whole stack under load and checks that no event was lost or doubled, seed after seed.
import { Console, Effect } from "effect"
import { runScript } from "../../command-line/Script.ts"
import { options } from "./options.ts"
import { full, replicas, type Scale, short } from "./Plan.ts"
import { report, runSeed, summary } from "./run.ts"
import { makeStack } from "./Stack.ts"

const failed = (why: string) => Effect.andThen(Console.error(why), Effect.sync(() => void (process.exitCode = 1)))

const runOne = (seed: number, scale: Scale) =>
  Effect.scoped(Effect.gen(function*() {
    const stack = yield* makeStack({ replicas })
    const { plan, verdict } = yield* runSeed(stack, seed, scale, [])
    yield* Console.log(summary(verdict, plan))
    // A failure, so that the logs stay.
    if (verdict.problems.length > 0) yield* Effect.fail(new Error(report(verdict, plan, stack, scale)))
  })).pipe(Effect.catch((error) => failed(error instanceof Error ? error.message : `Seed ${seed}: ${String(error)}`)))

runScript(options, function*({ first, full: long, seeds }) {
  for (let seed = first; seed < first + seeds; seed++) yield* runOne(seed, long ? full : short)
})
