import { Effect } from "effect"
import { type ProgramName, programNames } from "../stack/Program.ts"
import { atMost, type Bench, memoryTargets } from "./Bench.ts"
import { child } from "./Child.ts"
import { benchRules, storeRules } from "./rules.ts"
import { median } from "./statistics.ts"
import { peakMemoryMb } from "./usage.ts"

/** From spawning the bare intake to its listening. */
const bareStart = (redisUrl: string) =>
  Effect.scoped(Effect.gen(function*() {
    const from = performance.now()
    const bare = yield* child("baselines/intake.ts", redisUrl)
    yield* bare.line()
    return performance.now() - from
  }))

export const startUp: Bench = {
  name: "start",
  title: "From starting a program to its /readyz answering 200, with 1,000 rules, and memory when idle",
  baseline: "node:http and ioredis, connected and listening",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* harness.sql(storeRules(benchRules(1_000)))
    const bare: Array<number> = []
    const times: Record<ProgramName, Array<number>> = { "web-ui": [], "moog-forwarder": [], alerter: [], ingestor: [] }
    const memory: Record<string, number> = {}
    for (let round = 0; round < flow.rounds; round++) {
      bare.push(yield* bareStart(harness.redis.url))
      for (const name of programNames) {
        const { pid, readyMs } = yield* Effect.scoped(Effect.gen(function*() {
          const running = yield* harness.program(name)
          yield* Effect.sync(() => memory[name] = Math.max(memory[name] ?? 0, peakMemoryMb(running.pid)))
          return running
        }))
        times[name].push(readyMs)
        yield* flow.progress(`start, round ${round + 1} of ${flow.rounds}, ${name} (${pid}): ${Math.round(readyMs)} ms`)
      }
    }
    return {
      figures: programNames.map((name) => ({ what: name, unit: "ms", ours: times[name], baseline: bare })),
      targets: [
        ...programNames.map((name) => atMost(`${name} ready, ms`, median(times[name]), 1_500)),
        ...memoryTargets(memory)
      ],
      memoryMb: memory,
      limitedBy: "loading and compiling modules: the process computes from start to ready"
    }
  })
}
