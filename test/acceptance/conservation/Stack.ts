import { Effect, Exit, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../../../scripts/stack/Paths.ts"
import { type ProgramName, programNames } from "../../../scripts/stack/Program.ts"
import { answersReady } from "../../../scripts/stack/Supervisor.ts"
import type { Handling } from "../../../src/domain/Rule.ts"
import { fourPrograms, type RunningProgram } from "../../support/fourPrograms.ts"
import { request } from "../../support/request.ts"
import type { PostgresServer, RedisServer } from "../../support/servers.ts"
import { words } from "./Ledger.ts"

/** The four programs as processes, with servers of their own and a platform that plays its part in this process. */
export interface Stack {
  readonly urls: Readonly<Record<ProgramName | "platform", string>>
  readonly keys: { readonly ingest: string; readonly viewer: string }
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  /** `kill -9`; the program is started again at once. */
  readonly kill: (name: ProgramName) => Effect.Effect<void>
  /** What the programs did unasked, such as ending by themselves. */
  readonly surprises: () => ReadonlyArray<string>
  /** Where their logs are. */
  readonly logs: string
}

/** What a run needs to be short: what a killed alerter held, and failed deliveries, are taken up again within seconds. */
export const impatience = {
  ALERTER_JANITOR_TIMEOUT: "2",
  JANITOR_INTERVAL: "1",
  MOOG_WEBHOOK_TIMEOUT: "1",
  MOOG_RETRY_BASE_DELAY: "0.2",
  MOOG_RETRY_MAX_DELAY: "2"
}

export const settings = {
  moog_rate_limit: 5_000,
  circuit_breaker_timeout: 1,
  unhandled_threshold: 50,
  unhandled_expiry_seconds: 60
}

/** By falling priority. */
export interface StackRule {
  readonly type: "contains" | "regex"
  readonly match: string
  readonly handling: Handling
}

export const conservationRules: ReadonlyArray<StackRule> = [
  { type: "contains", match: words.refused, handling: "Page_only" },
  { type: "contains", match: words.forwarded, handling: "Page_and_ticket" },
  { type: "contains", match: words.suppressed, handling: "Suppress" }
]

export const storeRules = (rules: ReadonlyArray<StackRule>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    for (const [priority, { handling, match, type }] of rules.entries()) {
      yield* sql`INSERT INTO alert_rules ${
        sql.insert({
          match_type: type,
          match_string: match,
          priority,
          prod_handling: handling,
          dev_handling: handling,
          team_assignment: "NETO"
        })
      }`
    }
  })

export const configure = (webUi: string, key: string, settings: Readonly<Record<string, string | number>>) =>
  Effect.forEach(
    Object.entries(settings),
    ([name, value]) =>
      request(`${webUi}/api/v1/config/${name}`, {
        method: "PUT",
        headers: { "x-api-key": key, "content-type": "application/json" },
        body: JSON.stringify({ value, reason: "a short run" })
      }).pipe(
        Effect.filterOrFail(({ ok }) => ok, ({ status }) => new Error(`the setting ${name} was answered ${status}`))
      ),
    { discard: true }
  )

/** Starts a program again the moment it is gone, until the scope ends; gives what kills it on purpose. */
const keepRunning = (
  program: RunningProgram,
  surprise: (what: string) => void
): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.gen(function*() {
    let killed = false
    yield* Effect.gen(function*() {
      const { code, signal } = yield* program.ended
      if (!killed) surprise(`${program.name} ended by itself (${signal ?? `code ${code}`})`)
      killed = false
      yield* program.begin
    }).pipe(Effect.forever, Effect.forkScoped)
    return Effect.suspend(() => {
      killed = true
      return Effect.asVoid(program.kill)
    })
  })

const awaitReady = (url: string): Effect.Effect<void> =>
  Effect.flatMap(
    answersReady(url),
    (ready) => ready ? Effect.void : Effect.andThen(Effect.sleep("50 millis"), awaitReady(url))
  )

/** Waits until all four programs can do their job. */
export const allReady = (stack: Pick<Stack, "urls" | "logs">): Effect.Effect<void, Error> =>
  Effect.forEach(programNames, (name) =>
    awaitReady(stack.urls[name]).pipe(
      Effect.timeoutOrElse({
        duration: "30 seconds",
        orElse: () => Effect.fail(new Error(`${name} was not ready within 30 seconds; its log is in ${stack.logs}`))
      })
    ), { concurrency: "unbounded", discard: true })

let stacks = 0

export const makeStack = Effect.fnUntraced(function*(
  rules: ReadonlyArray<StackRule> = conservationRules
): Effect.fn.Return<Stack, unknown, Scope.Scope> {
  const logs = join(stateFolder, "logs", `conservation-${process.pid}-${++stacks}`)
  mkdirSync(logs, { recursive: true })
  yield* Effect.addFinalizer((exit) =>
    Effect.sync(() => Exit.isSuccess(exit) ? rmSync(logs, { recursive: true, force: true }) : undefined)
  )
  const { keys, moog, postgres, programs, redis } = yield* fourPrograms({
    database: storeRules(rules),
    settings: impatience,
    logs
  })
  const surprises: Array<string> = []
  const kept = (name: ProgramName) => keepRunning(programs[name], (what) => surprises.push(what))
  const kills = {
    ingestor: yield* kept("ingestor"),
    alerter: yield* kept("alerter"),
    "moog-forwarder": yield* kept("moog-forwarder"),
    "web-ui": yield* kept("web-ui")
  }
  const urls = {
    platform: moog.url,
    ingestor: programs.ingestor.url,
    alerter: programs.alerter.url,
    "moog-forwarder": programs["moog-forwarder"].url,
    "web-ui": programs["web-ui"].url
  }
  yield* configure(urls["web-ui"], keys.admin, settings)
  return { urls, keys, postgres, redis, kill: (name) => kills[name], surprises: () => surprises, logs }
})
