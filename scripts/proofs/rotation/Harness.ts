import { Effect, Exit, type Scope } from "effect"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { fourPrograms, type RunningProgram } from "../../../test/support/fourPrograms.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import { answersReady } from "../../stack/Supervisor.ts"
import type { Books } from "../conservation/findings.ts"
import { heal } from "../conservation/injectFaults.ts"
import { configure, conservationRules, settings, storeRules } from "../conservation/setUp.ts"
import { type Accounts, makeAccounts } from "./Accounts.ts"
import { type Balancer, makeBalancer } from "./Balancer.ts"

/**
 * Connections to PostgreSQL that a program keeps at most. While it replaces one it may have one more, and the role is
 * limited to just that: a login beyond it is turned away.
 */
export const poolSize = 3

/** Two replicas of each program with servers of their own. Connections to PostgreSQL are replaced each second. */
export interface Harness extends Books {
  readonly programs: ReadonlyArray<RunningProgram>
  readonly replicas: Readonly<Record<ProgramName, ReadonlyArray<RunningProgram>>>
  readonly balancers: { readonly ingestor: Balancer; readonly "web-ui": Balancer }
  readonly accounts: Accounts
  readonly secretsFile: string
  readonly adminKey: string
  /** Deliveries that the platform had got before. */
  readonly repeats: Effect.Effect<number>
  readonly logs: string
}

let harnesses = 0

type Programs = Pick<NonNullable<Parameters<typeof fourPrograms>[0]>, "bundle" | "schema">

export const makeHarnessOf = Effect.fnUntraced(function*(of: string, launched: Programs) {
  const logs = join(stateFolder, "logs", `${of}-${process.pid}-${++harnesses}`)
  mkdirSync(logs, { recursive: true })
  yield* Effect.addFinalizer((exit) =>
    Effect.sync(() => Exit.isSuccess(exit) ? rmSync(logs, { recursive: true, force: true }) : undefined)
  )
  const four = yield* fourPrograms({
    ...launched,
    replicas: 2,
    database: storeRules(conservationRules),
    settings: { DB_CONNECTION_TTL_SECONDS: "1", DB_POOL_MAX_CONN: String(poolSize + 1) },
    logs
  })
  const { keys, moog, postgres, redis, replicas, secretsFile } = four
  const url = (name: ProgramName) => four.programs[name].url
  const urls = {
    platform: moog.url,
    ingestor: url("ingestor"),
    alerter: url("alerter"),
    "moog-forwarder": url("moog-forwarder"),
    "web-ui": url("web-ui")
  }
  yield* configure(urls["web-ui"], keys.admin, settings)
  yield* heal({ urls })
  const programs = programNames.flatMap((name) => replicas[name])
  const accounts = yield* makeAccounts({ postgres, redis })
  const users = programs.filter(({ name }) => name === "alerter" || name === "web-ui")
  yield* accounts.limitSessions(users.length * (poolSize + 1))
  const harness: Harness = {
    urls,
    keys,
    postgres,
    redis,
    programs,
    replicas,
    balancers: { ingestor: makeBalancer(replicas.ingestor), "web-ui": makeBalancer(replicas["web-ui"]) },
    accounts,
    secretsFile,
    adminKey: keys.admin,
    repeats: Effect.map(moog.received(Number.MAX_SAFE_INTEGER), ({ repeats }) => repeats),
    logs
  }
  return harness
})

export const makeHarness: Effect.Effect<Harness, unknown, Scope.Scope> = makeHarnessOf("rotation", {})

const awaitReady = (program: RunningProgram): Effect.Effect<void> =>
  Effect.flatMap(
    answersReady(program.url),
    (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("15 millis"), awaitReady(program))
  )

/** Milliseconds until it is ready; `undefined` when that takes too long. */
export const timeToReady = (program: RunningProgram, patienceMs: number): Effect.Effect<number | undefined> =>
  Effect.suspend(() => {
    const from = performance.now()
    return awaitReady(program).pipe(
      Effect.map(() => performance.now() - from),
      Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.succeed(undefined) })
    )
  })

/** Waits until all are ready, and gives each its share of the requests again. */
export const allReady = (harness: Harness): Effect.Effect<void, Error> =>
  Effect.forEach(harness.programs, (program) =>
    Effect.gen(function*() {
      const ms = yield* timeToReady(program, 60_000)
      if (ms === undefined) {
        return yield* Effect.fail(new Error(`${program.instance} is not ready: ${yield* readiness(program)}`))
      }
      if (program.name === "ingestor" || program.name === "web-ui") {
        yield* harness.balancers[program.name].putBack(program)
      }
    }), { concurrency: "unbounded", discard: true })

/** Stops a program as an operator does, behind a balancer, and starts it again. Milliseconds from start to ready. */
export const restart = (
  harness: Harness,
  program: RunningProgram,
  patienceMs: number
): Effect.Effect<number | undefined> =>
  Effect.gen(function*() {
    const balancer = program.name === "ingestor" || program.name === "web-ui"
      ? harness.balancers[program.name]
      : undefined
    if (balancer !== undefined) yield* balancer.takeOut(program)
    yield* program.stop
    const from = performance.now()
    yield* program.begin
    const ready = yield* timeToReady(program, patienceMs)
    if (ready === undefined) return undefined
    if (balancer !== undefined) yield* balancer.putBack(program)
    return performance.now() - from
  })

/** What a program says of itself. */
export const readiness = (program: RunningProgram): Effect.Effect<string> =>
  Effect.tryPromise((signal) => fetch(`${program.url}/readyz`, { signal }).then((answer) => answer.text())).pipe(
    Effect.timeout("3 seconds"),
    Effect.orElseSucceed(() => "no answer")
  )
