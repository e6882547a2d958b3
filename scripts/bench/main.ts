import { Console, Effect } from "effect"
import { type OptionsOf, runScript } from "../command-line/Script.ts"
import { alerterRules, alerterScale } from "./alerter.ts"
import { backtest } from "./backtest.ts"
import type { Bench, Pace } from "./Bench.ts"
import { consoleBudgets } from "./console.ts"
import { explain } from "./explain.ts"
import { forwarder } from "./forwarder.ts"
import { type Appendfsync, makeHarness } from "./Harness.ts"
import { hostileRegex } from "./hostile.ts"
import { intakeBatch, intakeSingle, intakeTls } from "./intake.ts"
import { latency } from "./latency.ts"
import { options } from "./options.ts"
import { peers } from "./peers.ts"
import { asJson, asTable, machine, type Measured } from "./report.ts"
import { silences1000, silences10000 } from "./silencedAlerter.ts"
import { slowPatterns } from "./slowPatterns.ts"
import { startUp } from "./startUp.ts"
import { syslogUdp } from "./syslog.ts"

const benches: ReadonlyArray<Bench> = [
  intakeSingle,
  intakeBatch,
  intakeTls,
  syslogUdp,
  alerterRules,
  alerterScale,
  silences1000,
  silences10000,
  peers,
  forwarder,
  latency,
  explain,
  hostileRegex,
  slowPatterns,
  backtest,
  startUp,
  consoleBudgets
]

/** The benches that this machine has everything for, and why it has not for the others. */
const possible = Effect.fnUntraced(function*(wanted: ReadonlyArray<Bench>) {
  const [able, skipped] = yield* Effect.partition(wanted, (bench) =>
    (bench.needs ?? Effect.void).pipe(
      Effect.as(bench),
      Effect.mapError(({ message }) => ({ name: bench.name, because: message }))
    ))
  return { able, skipped }
})

const measureAll = (flow: Pace, wanted: ReadonlyArray<Bench>, appendfsync: Appendfsync) =>
  Effect.gen(function*() {
    yield* flow.progress("starting PostgreSQL and Redis")
    const harness = yield* makeHarness(appendfsync)
    const measured: Array<Measured> = []
    for (const bench of wanted) {
      yield* flow.progress(bench.title)
      measured.push({ bench, outcome: yield* Effect.scoped(bench.run(harness, flow)) })
    }
    return { measured, about: machine(harness.versions) }
  })

const measure = Effect.fnUntraced(function*(given: OptionsOf<typeof options>) {
  const flow: Pace = {
    rounds: given.rounds,
    warmUpMs: Math.min(2_000, given.seconds * 400),
    measureMs: given.seconds * 1_000,
    rows: given.rows,
    minutes: given.minutes,
    progress: (line) => Console.error(`bench: ${line}`)
  }
  const names = [...given.names, ...given.only ?? []]
  const wanted = benches.filter(({ name }) => names.length === 0 || names.includes(name))
  const { able, skipped } = yield* possible(wanted)
  for (const { because, name } of skipped) yield* flow.progress(`${name} is skipped: ${because}`)
  const { about, measured } = yield* Effect.scoped(measureAll(flow, able, given.appendfsync))
  yield* Console.log(
    given.json
      ? JSON.stringify(asJson(measured, { machine: about, rounds: given.rounds, skipped }), null, 2)
      : `${JSON.stringify(about)}\n\n${asTable(measured)}`
  )
})

runScript(options, function*(given) {
  yield* Effect.catch(measure(given), (error) => {
    process.exitCode = 1
    return Console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  })
})
