import { Effect, Fiber, Schedule } from "effect"
import type { SqlClient } from "effect/sql"
import { configKeys } from "../../../layers/config/keys.ts"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { postgresAdmin, redisAdmin } from "../../../test/layers/connections.ts"
import { migrated } from "../../../test/support/migrated.ts"
import { postgresServer, redisServer } from "../../../test/support/servers.ts"
import type { Step } from "./changeSteps.ts"
import { postgresWords, redisWords, type StoppingProxy, stoppingProxy } from "./stoppingProxy.ts"
import { type WebUiProcess, webUiProcess } from "./WebUiProcess.ts"

/** A web-ui program between two proxies, and what it stands on, seen past them. */
interface Harness {
  readonly webUi: WebUiProcess
  readonly proxies: { readonly postgres: StoppingProxy; readonly redis: StoppingProxy }
  readonly sql: SqlClient.SqlClient
  readonly redis: Redis["Service"]
}

const makeHarness = Effect.gen(function*() {
  const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer()], { concurrency: 2 })
  yield* migrated(postgres)
  const proxies = {
    postgres: yield* stoppingProxy(postgres.port, postgresWords),
    redis: yield* stoppingProxy(redis.port, redisWords)
  }
  const webUi = yield* webUiProcess({ postgres, redis }, { postgres: proxies.postgres.port, redis: proxies.redis.port })
  const harness: Harness = { webUi, proxies, sql: yield* postgresAdmin(postgres), redis: yield* redisAdmin(redis) }
  return harness
})

const setting = "moog_rate_limit"

/** Asks for the change of this number; the status of the answer, or 0 when there was none. */
const change = ({ webUi }: Harness, number: number) =>
  Effect.map(
    webUi.ask("PUT", `/api/v1/config/${setting}`, {
      body: { value: number, reason: "a proof" },
      headers: { "idempotency-key": `change-${number}` }
    }),
    ({ status }) => status
  )

interface Found {
  readonly revisions: number
  readonly records: number
  readonly chain: number
  readonly version: number
  /** Versions that wait to be told. */
  readonly untold: number
  readonly state: string
  readonly redis: string
}

/** What the stores hold. */
const look = ({ redis, sql }: Harness) =>
  Effect.gen(function*() {
    const [stored] = yield* sql<Omit<Found, "redis">>`SELECT
      (SELECT count(*)::int FROM config_revisions) AS revisions,
      (SELECT count(*)::int FROM config_audit_log WHERE table_name = 'dynamic_config') AS records,
      (SELECT id::int FROM audit_chain_head) AS chain,
      (SELECT version::int FROM config_ledger) AS version,
      (SELECT count(*)::int FROM config_outbox) AS untold,
      (SELECT concat(epoch, ' ', version, ' ', (SELECT value FROM config_settings WHERE key = ${setting}))
        FROM config_ledger) AS state`
    const told = yield* redis.command("HMGET", configKeys.hash, configKeys.epoch, configKeys.version, setting)
    if (stored === undefined || !Array.isArray(told)) return yield* Effect.die(new Error("There is no ledger."))
    return { ...stored, redis: told.map((one) => one ?? "").join(" ") }
  })

/** As many revisions, records and links as there were changes, and the newest in Redis. */
const isConsistent = (now: Found) =>
  now.revisions === now.version && now.records === now.version && now.chain === now.version && now.untold === 0 &&
  now.redis === now.state

/** Waits for that; what is there instead after ten seconds. */
const recovered = (harness: Harness, condition: (now: Found) => boolean) => {
  let newest: Found | undefined
  return look(harness).pipe(
    Effect.tap((now) => Effect.sync(() => void (newest = now))),
    Effect.repeat({ schedule: Schedule.spaced("10 millis"), until: (now) => isConsistent(now) && condition(now) }),
    Effect.as(undefined),
    Effect.timeoutOrElse({ duration: "10 seconds", orElse: () => Effect.succeed(JSON.stringify(newest)) })
  )
}

/** Makes change `number`, kills the program at the step, starts it again, and asks for the same change once more. */
const crash = (harness: Harness, step: Step, number: number) =>
  Effect.gen(function*() {
    const asking = change(harness, number)
    if (step.at === "http") yield* asking
    else {
      const request = yield* Effect.forkScoped(asking)
      const inTime = yield* harness.proxies[step.at].stopAt(step).pipe(Effect.timeoutOption("10 seconds"))
      if (inTime._tag === "None") return [`never came to it: the answer was ${yield* Fiber.join(request)}`]
    }
    yield* harness.webUi.kill
    yield* harness.webUi.start
    const afterwards = yield* recovered(harness, ({ version }) => version === number || version === number - 1)
    const status = yield* change(harness, number)
    const again = yield* recovered(harness, ({ version }) => version === number)
    return [
      ...(afterwards === undefined ? [] : [`after the crash: ${afterwards}`]),
      ...(status === 200 ? [] : [`asked again: ${status}`]),
      ...(again === undefined ? [] : [`after it was asked again: ${again}`])
    ]
  }).pipe(Effect.scoped)

interface Crashes {
  readonly step: string
  readonly runs: number
  /** What was not as it should be afterwards. */
  readonly problems: ReadonlyArray<string>
}

/** Kills a web-ui program at each of the steps of a change, so many times each. */
export const crashes = (steps: ReadonlyArray<Step>, runs: number) =>
  Effect.gen(function*() {
    const harness = yield* makeHarness
    let number = 0
    return yield* Effect.forEach(steps, (step) =>
      Effect.gen(function*() {
        const problems: Array<string> = []
        for (let run = 0; run < runs; run++) problems.push(...yield* crash(harness, step, ++number))
        if ((yield* harness.webUi.ask("GET", "/api/v1/audit/verify")).body.whole !== true) {
          problems.push("the chain is not whole")
        }
        return { step: step.name, runs, problems } satisfies Crashes
      }))
  }).pipe(Effect.scoped)
